"""Texts as subwords that were learned on the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PAD, START, END = 0, 1, 2
SPECIAL = ("<pad>", "<start>", "<end>")


@dataclass(frozen=True)
class Vocabulary:
    """Byte pairs, merged where they are frequent (Sennrich et al. 2016): no text is beyond it."""

    tokenizer: Any

    @classmethod
    def learn(cls, texts: Iterable[str], size: int, marks: Sequence[str] = ()) -> Vocabulary:
        """Learn ``size`` subwords at most; ``marks`` such as "<subject>" are never cut."""
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            min_frequency=2,
            special_tokens=[*SPECIAL, *marks],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer)

    @classmethod
    def read(cls, text: str) -> Vocabulary:
        """Read what `stored` gave."""
        return cls(Tokenizer.from_str(text))

    def stored(self) -> str:
        """Give the vocabulary as JSON."""
        return str(self.tokenizer.to_str())

    def __len__(self) -> int:
        """Count the subwords."""
        return int(self.tokenizer.get_vocab_size())

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Give the subwords of each text, without start and end."""
        return [found.ids for found in self.tokenizer.encode_batch(list(texts))]

    def decode(self, ids: Sequence[int]) -> str:
        """Give the text of subwords."""
        return str(self.tokenizer.decode(list(ids))).strip()

    def spell(self, subword: int) -> str:
        """Give one subword as it is written; a space before it stays."""
        mark = str(self.tokenizer.id_to_token(subword))
        return mark if mark.startswith("<") else str(self.tokenizer.decode([subword]))
