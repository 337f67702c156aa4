"""The pages behind the login: for administrators of the reports, and of those who may log in."""

from hoidap.web.admin import accounts, history, login, overview, records, reports, uploads, working

routers = tuple(
    module.router
    for module in (login, overview, uploads, reports, history, working, records, accounts)
)
