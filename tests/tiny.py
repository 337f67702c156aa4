"""A transformer of sentence-transformers small enough to be built in a test."""

from __future__ import annotations

from pathlib import Path

_TEXT = (
    "hỏi đáp : query passage hội nghị ngày xã huyện ủy ban nhân dân xây trường mầm non cầu đường"
    " kênh ai ở đâu"
)
_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *_TEXT.split()]


def build_transformer(folder: Path, prompts: dict[str, str] | None = None, seed: int = 0) -> Path:
    """Save a model of one layer and 32 dimensions in ``folder``, its weights drawn by ``seed``."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate(_WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    torch.manual_seed(seed)
    bert = BertModel(
        BertConfig(
            vocab_size=len(_WORDS),
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=128,
        )
    )
    parts = folder.with_name(f"{folder.name}-parts")
    bert.save_pretrained(parts)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # it carries no types
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=128,
    ).save_pretrained(parts)
    model = SentenceTransformer(
        modules=[Transformer(str(parts)), Pooling(32), Normalize()], prompts=prompts, device="cpu"
    )
    model.save(str(folder), create_model_card=False)
    return folder
