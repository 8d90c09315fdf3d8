"""EventBridge's patterns, as far as infra/ uses them: moto does not flatten arrays as AWS does."""

from typing import Any


def values_at(event: Any, key: str) -> list[Any]:
    """The field's values; in EventBridge a list of objects is each of them at once."""
    objects = event if isinstance(event, list) else [event]
    return [each[key] for each in objects if key in each]


def fits(value: Any, rule: Any) -> bool:
    return value not in rule["anything-but"] if isinstance(rule, dict) else value == rule


def matches(pattern: dict[str, Any], event: Any) -> bool:
    for key, rule in pattern.items():
        if key == "$or":
            fitting = any(matches(each, event) for each in rule)
        elif isinstance(rule, dict):
            fitting = any(matches(rule, value) for value in values_at(event, key))
        else:
            fitting = any(fits(value, each) for value in values_at(event, key) for each in rule)
        if not fitting:
            return False
    return True
