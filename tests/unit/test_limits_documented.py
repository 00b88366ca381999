"""The tables of limits of these features are those the documentation shows."""

import pytest

from app.domain.cards.limits import LIMITS as CARDS
from app.domain.catalogue.limits import LIMITS as CATALOGUE
from app.domain.counter.limits import LIMITS as COUNTER
from app.domain.coupons.limits import LIMITS as COUPONS
from app.domain.files.limits import LIMITS as FILES
from app.domain.hooks.limits import LIMITS as HOOKS
from app.domain.hours.limits import LIMITS as HOURS
from app.domain.keys.limits import LIMITS as KEYS
from app.domain.limit import Limit
from app.domain.orders.limits import LIMITS as ORDERS
from app.domain.payments.limits import LIMITS as PAYMENTS
from app.domain.reservations.limits import LIMITS as RESERVATIONS
from tests.support.tree import ROOT


@pytest.mark.parametrize(
    ("title", "limits"),
    [
        ("## 会員証 / Member cards", CARDS),
        ("## 店頭 / The counter", COUNTER),
        ("## クーポン / Coupons", COUPONS),
        ("## API", KEYS),
        ("## 外向きのWebhook / Outgoing webhooks", HOOKS),
        ("## ファイルの取り込み / Files that are imported", FILES),
        ("## 商品 / The catalogue", CATALOGUE),
        ("## ご注文 / Orders", ORDERS),
        ("## お支払い / Payments", PAYMENTS),
        ("## 予約 / Reservations", RESERVATIONS),
        ("## 営業時間 / Hours", HOURS),
    ],
)
def test_the_documentation_shows_the_whole_table(title: str, limits: tuple[Limit, ...]) -> None:
    page = (ROOT / "docs" / "limits.md").read_text().partition(title)[2].partition("\n## ")[0]
    shown = [line for line in page.splitlines() if line.startswith("| ")][1:]

    assert shown == [
        f"| {row.name} | {row.value:,} | {row.unit} | {row.source} |" for row in limits
    ]
