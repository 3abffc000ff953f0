"""Sentences that speak to a machine: they are told of, and never written on or obeyed."""

from __future__ import annotations

import re

INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:above|previous|prior"
    r"|earlier|preceding|all|your|the)\b"
    r".{0,30}\b(?:instructions?|prompts?|rules?|directions?|text|context|guidelines?"
    r"|article|sources?)\b"
    r"|\bignore (?:all |everything |the )?(?:above|previous)\b"
    r"|\b(?:you are|act as|pretend to be|behave as)\b.{0,40}\b(?:an? (?:ai|assistant"
    r"|language model|chatbot|llm)|chatgpt|gpt)\b"
    r"|\b(?:ai|language models?|llms?|assistants?|chatbots?"
    r"|summari[sz]ers?)\b.{0,40}\b(?:must|should|shall|are to|please|need to)\b"
    r".{0,40}\b(?:say|write|state|include|output|add|mention|reply|respond|ignore"
    r"|summari[sz]e|praise|recommend)\b"
    r"|\b(?:system prompt|new instructions?|end of (?:instructions?|prompt|article))\b\s*[:\]]"
    r"|^\s*(?:instead,? )?(?:write|output|print|respond with|reply with|say only"
    r"|summari[sz]e this|translate this)\b.{0,80}\b(?:instead|only|verbatim|exactly|as follows)\b"
    r"|<\|?(?:im_start|system|assistant)\|?>|\[/?INST\]"
    r"|(?:忽略|无视|忘记|不要理会).{0,12}(?:以上|上述|上面|之前|前面|先前|所有"
    r"|全部).{0,12}(?:指令|指示|内容|要求|提示|文字|规则|说明)"
    r"|(?:忽略|无视)(?:以上|上述|之前)"
    r"|(?:你是|你现在是|请扮演|假装你是).{0,15}(?:人工智能|助手|语言模型|机器人|AI)"
    r"|(?:人工智能|语言模型|AI助手|大模型).{0,12}(?:必须|应当|请|务必).{0,20}(?:写|说|输出"
    r"|回复|回答|推荐)"
    r"|(?:系统提示|新指令)\s*[:：]",
    re.IGNORECASE | re.DOTALL,
)

TELLTALE = (
    "ignore", "disregard", "forget", "override", "bypass", "you are", "act as", "pretend to be",
    "behave as", "must", "should", "shall", "are to", "please", "need to", "prompt", "instruction",
    "end of", "write", "output", "print", "respond", "reply", "say only", "summari",
    "translate this", "im_start", "system", "assistant", "inst]", "忽略", "无视", "忘记",
    "不要理会", "你是", "你现在是", "请扮演", "人工智能", "语言模型", "ai助手", "大模型",
    "系统提示", "新指令",
)  # fmt: skip
"""Of which `INSTRUCTION` has one at least: a long text is asked for them several times faster."""


def is_instruction(text: str) -> bool:
    """Say whether a sentence tells a machine what to do, in English or Chinese."""
    small = text.casefold()
    return any(word in small for word in TELLTALE) and bool(INSTRUCTION.search(text))
