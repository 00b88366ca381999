"""What a member's fields may hold and how they are written: pure rules, no database.

Each takes what somebody wrote, not empty, and answers the one form we keep. Raises BadValue.
"""

import re
import secrets
import unicodedata
from datetime import date

from app.domain.members import limits
from app.domain.members.errors import BadValue, NoReason
from app.i18n import plain

PREFECTURES = (
    *("北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県"),
    *("茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県"),
    *("新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県"),
    *("静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県"),
    *("奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県"),
    *("徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県"),
    *("熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県"),
)

_GENDERS = {
    **dict.fromkeys(("male", "m", "男", "男性"), "male"),
    **dict.fromkeys(("female", "f", "女", "女性"), "female"),
    **dict.fromkeys(("other", "その他"), "other"),
}
# ISO/IEC 7812-1: numbers that begin with 9 are given out nationally; no payment card has them.
_OWN_FIRST, _OWN_DIGITS = "9", 16
_OWN = re.compile(r"9[0-9]{15}")
_NUMBER = re.compile(rf"[0-9A-Z][0-9A-Z-]{{0,{limits.NUMBER - 1}}}")
# Unicode's categories Cc, Zl, Zp and Cs.
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_KANA = re.compile(r"[ァ-ヺー・ヽヾ ]+")
_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
# The pattern of <input type=email> (HTML Living Standard 4.10.5.1.5); a domain needs a dot here.
# Unlike RFC 5322 it takes old addresses of Japanese phones, as in a..b.@docomo.ne.jp.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = re.compile(rf"([a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}})@({_LABEL}(?:\.{_LABEL})+)")
# The digits after the first 0 (総務省 電気通信番号計画): one more for mobiles, IP, M2M and 0800.
_JAPANESE = re.compile(r"[256789]0[0-9]{8}|(?![256789]0)[1-9][0-9]{8}")
_FOREIGN = re.compile(rf"[1-9][0-9]{{6,{limits.PHONE_DIGITS - 1}}}")


def check_digit(digits: str) -> str:
    """The Luhn digit to put after `digits` (ISO/IEC 7812-1, annex B): finds any one wrong digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def new_number() -> str:
    """A member number nobody can guess the next of: 9, 14 random digits and the check digit."""
    digits = f"{_OWN_FIRST}{secrets.randbelow(10 ** (_OWN_DIGITS - 2)):0{_OWN_DIGITS - 2}d}"
    return digits + check_digit(digits)


def number(written: str) -> str:
    """A member number. Numbers of an older system are kept; one of ours needs its check digit."""
    given = _compact(written).upper()
    own = given.replace("-", "")
    if _OWN.fullmatch(own):
        if check_digit(own[:-1]) != own[-1]:
            raise BadValue("会員番号の検査数字が合いません", "the check digit is wrong")
        return own
    if not _NUMBER.fullmatch(given):
        raise BadValue(
            f"会員番号は半角英数字とハイフンで{limits.NUMBER}文字までです",
            f"needs up to {limits.NUMBER} letters, digits and hyphens",
        )
    return given


def text(written: str, longest: int) -> str:
    """Words in one line, as they were written.

    They are not normalised: even NFC would turn a character of a person's name into another one.
    """
    words = written.strip()
    if _NOT_IN_A_LINE.search(words):
        raise BadValue("改行や制御文字は使えません", "must not hold line breaks or control signs")
    if len(words) > longest:
        raise BadValue(f"{longest}文字までです", f"has more than {longest} characters")
    return words


def reason(written: str) -> str:
    """Why something is done to a member, in one line; raises NoReason."""
    words = written.strip()
    if not 0 < len(words) <= limits.SUSPEND_REASON or _NOT_IN_A_LINE.search(words):
        raise NoReason(f"{len(words)} characters")
    return words


def kana(written: str) -> str:
    """A reading in full-width katakana; hiragana and half-width katakana are turned into it."""
    reading = " ".join(unicodedata.normalize("NFKC", written).translate(_TO_KATAKANA).split())
    if not _KANA.fullmatch(reading):
        raise BadValue("フリガナはカタカナで書いてください", "must be kana")
    return text(reading, limits.KANA)


def birthday(written: str, today: date) -> date:
    """A date of birth, not after `today` and not more than 130 years before."""
    born = day(written)
    if born > today:
        raise BadValue("未来の日付です", "is in the future")
    if today.year - born.year > 130:
        raise BadValue("130年より前の日付です", "is more than 130 years ago")
    return born


def gender(written: str) -> str | None:
    """male, female or other, as in OpenID Connect; None for those who would rather not say."""
    word = plain(written)
    if word in ("不明", "未回答", "回答しない", "unknown"):
        return None
    if word not in _GENDERS:
        raise BadValue("男性・女性・その他のどれかです", "must be male, female or other")
    return _GENDERS[word]


def phone(written: str) -> str:
    """A phone number as E.164: +81 and the digits after the 0 for Japan, + and digits elsewhere."""
    signs = re.sub(r"[-()./‐‑‒–—―−ー]", "", _compact(written))
    for code in ("+81", "0081", "+", "0"):
        if signs.startswith(code):
            return _dialled(signs.removeprefix(code), abroad=code == "+")
    raise BadValue(
        "電話番号は0か+で始まります（先頭の0が消えていませんか）",
        "must begin with 0 or + (is a 0 lost?)",
    )


def shown_phone(kept: str) -> str:
    """A kept phone number as people in Japan write it, without hyphens."""
    return f"0{kept.removeprefix('+81')}" if kept.startswith("+81") else kept


def email(written: str) -> str:
    """An e-mail address in small letters.

    RFC 5321 lets hosts tell mailboxes apart by their case, but none that people have does, and
    phones begin a field with a capital: an address has to be found however it is typed.
    """
    address = _compact(written)
    match = _EMAIL.fullmatch(address)
    if match is None or len(address) > limits.EMAIL:
        raise BadValue("メールアドレスの形ではありません", "is no e-mail address")
    return address.lower()


def postal_code(written: str) -> str:
    """A Japanese postcode, seven digits."""
    digits = re.sub(r"[-‐‑‒–—―−ー〒]", "", _compact(written))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise BadValue("郵便番号は7桁の数字です", "must have seven digits")
    return digits


def prefecture(written: str) -> str:
    """One of the 47 prefectures by its full name; its last character may be left out."""
    word = _compact(written)
    for name in PREFECTURES:
        if word in (name, name[:-1]):
            return name
    raise BadValue("都道府県の名前ではありません", "is no prefecture of Japan")


def day(written: str) -> date:
    """A day as 2001-02-03, 2001/2/3, 20010203, 2001年2月3日, 平成13年2月3日 or H13.2.3."""
    signs = _compact(written).upper()
    match = _DAY.fullmatch(re.sub(r"^([0-9]{4})([0-9]{2})([0-9]{2})$", r"\1-\2-\3", signs))
    if match is None:
        raise BadValue(
            "日付は 2001-02-03 のように書いてください", "needs a date such as 2001-02-03"
        )
    month, day_of_month = int(match["m"]), int(match["d"])
    if match["era"]:
        year = 1 if match["n"] == "元" else int(match["n"])
        return _in_era(match["era"], year, month, day_of_month)
    return _date(int(match["y"]), month, day_of_month)


_DAY = re.compile(
    r"(?:(?P<y>[0-9]{4})|(?P<era>令和|平成|昭和|大正|明治|[RHSTM])(?P<n>[0-9]{1,2}|元))[-/.年]"
    r"(?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?"
)
# First and last day of each era; laws of 1868, 1912, 1926, 1989 and 2019.
_ERAS = {
    "令和": (date(2019, 5, 1), date.max),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
    "昭和": (date(1926, 12, 25), date(1989, 1, 7)),
    "大正": (date(1912, 7, 30), date(1926, 12, 24)),
    "明治": (date(1868, 1, 25), date(1912, 7, 29)),
}
_SHORT = dict(zip("RHSTM", _ERAS, strict=True))


def _in_era(era: str, year: int, month: int, day_of_month: int) -> date:
    first, last = _ERAS[_SHORT.get(era, era)]
    found = _date(first.year - 1 + year, month, day_of_month)
    if not first <= found <= last:
        raise BadValue("その元号にない日付です", "is no day of that era")
    return found


def _date(year: int, month: int, day_of_month: int) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise BadValue("暦にない日付です", "is no day of the calendar") from None


def _compact(written: str) -> str:
    """NFKC without white space: full-width digits and letters become plain ones."""
    return "".join(unicodedata.normalize("NFKC", written).split())


def _dialled(digits: str, *, abroad: bool) -> str:
    if abroad:
        if not _FOREIGN.fullmatch(digits):
            raise BadValue("国番号からの電話番号ではありません", "is no international phone number")
        return f"+{digits}"
    national = digits.removeprefix("0")  # Some write +81 (0)90.
    if not _JAPANESE.fullmatch(national):
        raise BadValue("日本の電話番号の桁数ではありません", "is no Japanese phone number")
    return f"+81{national}"
