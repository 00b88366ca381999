"""How long and how many a member's data may be, in one table; docs/limits.md shows the same."""

from typing import Final

from app.domain.limit import Limit

LIMITS: Final = (
    Limit("member_number", 20, "characters", "ours; a number of our own has 16 digits"),
    Limit("member_name", 100, "characters", "ours"),
    Limit("member_kana", 100, "characters", "ours"),
    Limit("member_phone", 15, "digits", "ITU-T E.164"),
    Limit("member_email", 254, "characters", "RFC 5321 4.5.3.1.3, a path without its brackets"),
    Limit("member_city", 100, "characters", "ours"),
    Limit("member_street", 200, "characters", "ours"),
    Limit("member_tier", 40, "characters", "ours"),
    Limit("member_suspend_reason", 200, "characters", "ours"),
    Limit("member_attributes", 50, "items", "ours: attributes a shop can define"),
    Limit("member_attribute_key", 40, "characters", "ours"),
    Limit("member_attribute_label", 60, "characters", "ours"),
    Limit("member_attribute_text", 500, "characters", "ours"),
    Limit("member_attribute_choices", 100, "items", "ours"),
    Limit("member_external_system", 20, "characters", "ours"),
    Limit("member_external_id", 100, "characters", "ours"),
    Limit("member_consent_purpose", 40, "characters", "ours"),
    Limit("member_consent_version", 40, "characters", "ours"),
    Limit("member_import_rows", 100_000, "rows", "ours: one transaction applies them all"),
)

_VALUES = {limit.name: limit.value for limit in LIMITS}

NUMBER: Final = _VALUES["member_number"]
NAME: Final = _VALUES["member_name"]
KANA: Final = _VALUES["member_kana"]
PHONE_DIGITS: Final = _VALUES["member_phone"]
EMAIL: Final = _VALUES["member_email"]
CITY: Final = _VALUES["member_city"]
STREET: Final = _VALUES["member_street"]
TIER: Final = _VALUES["member_tier"]
SUSPEND_REASON: Final = _VALUES["member_suspend_reason"]
ATTRIBUTES: Final = _VALUES["member_attributes"]
ATTRIBUTE_KEY: Final = _VALUES["member_attribute_key"]
ATTRIBUTE_LABEL: Final = _VALUES["member_attribute_label"]
ATTRIBUTE_TEXT: Final = _VALUES["member_attribute_text"]
ATTRIBUTE_CHOICES: Final = _VALUES["member_attribute_choices"]
EXTERNAL_SYSTEM: Final = _VALUES["member_external_system"]
EXTERNAL_ID: Final = _VALUES["member_external_id"]
CONSENT_PURPOSE: Final = _VALUES["member_consent_purpose"]
CONSENT_VERSION: Final = _VALUES["member_consent_version"]
IMPORT_ROWS: Final = _VALUES["member_import_rows"]
