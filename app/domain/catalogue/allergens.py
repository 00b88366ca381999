"""The allergens that Japanese labels name: 8 that must be, then 20 that should be.

Source: 消費者庁, 食品表示基準 別表第14 (the eight), and 食品表示基準について (the twenty), as of
28 March 2024, when matsutake left the list and macadamia nuts came.
"""

from collections.abc import Mapping
from typing import Final

ALLERGENS: Final[Mapping[str, tuple[str, str]]] = {
    "egg": ("卵", "egg"),
    "milk": ("乳", "milk"),
    "wheat": ("小麦", "wheat"),
    "shrimp": ("えび", "shrimp"),
    "crab": ("かに", "crab"),
    "walnut": ("くるみ", "walnut"),
    "buckwheat": ("そば", "buckwheat"),
    "peanut": ("落花生", "peanut"),
    "almond": ("アーモンド", "almond"),
    "abalone": ("あわび", "abalone"),
    "squid": ("いか", "squid"),
    "salmon_roe": ("いくら", "salmon roe"),
    "orange": ("オレンジ", "orange"),
    "cashew": ("カシューナッツ", "cashew nut"),
    "kiwi": ("キウイフルーツ", "kiwi fruit"),
    "beef": ("牛肉", "beef"),
    "sesame": ("ごま", "sesame"),
    "salmon": ("さけ", "salmon"),
    "mackerel": ("さば", "mackerel"),
    "soybean": ("大豆", "soybean"),
    "chicken": ("鶏肉", "chicken"),
    "banana": ("バナナ", "banana"),
    "pork": ("豚肉", "pork"),
    "macadamia": ("マカダミアナッツ", "macadamia nut"),
    "peach": ("もも", "peach"),
    "yam": ("やまいも", "yam"),
    "apple": ("りんご", "apple"),
    "gelatin": ("ゼラチン", "gelatin"),
}
"""Code -> Japanese and English words, in the order in which they are shown."""

REQUIRED: Final = 8
"""So many of them, the first ones, every label must name."""
