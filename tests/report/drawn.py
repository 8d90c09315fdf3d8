"""What a chart on the page shows, in pixels and words, to be compared with the marts' numbers."""

from collections.abc import Sequence

from playwright.sync_api import Page

HALF_A_PIXEL = 0.5


def numbers(page: Page, chart: str, mark: str, attribute: str) -> list[float]:
    """Return an attribute of every mark of a chart, such as the width of its bars."""
    found = page.locator(f'[data-chart="{chart}"] {mark}').evaluate_all(
        "(marks, name) => marks.map((mark) => parseFloat(mark.getAttribute(name)))", attribute
    )
    return [float(number) for number in found]


def texts(page: Page, chart: str) -> list[str]:
    """Return the texts of a chart's labels."""
    return page.locator(f'[data-chart="{chart}"] g[data-mark="text"] text').all_text_contents()


def agree(pixels: Sequence[float], values: Sequence[float]) -> bool:
    """Tell whether pixels follow values on one straight scale, as those of an axis do."""
    if len(pixels) != len(values) or not values:
        return False
    low, high = values.index(min(values)), values.index(max(values))
    if values[low] == values[high]:
        return max(pixels) - min(pixels) <= HALF_A_PIXEL
    step = (pixels[high] - pixels[low]) / (values[high] - values[low])
    return step != 0 and all(
        abs(pixel - pixels[low] - step * (value - values[low])) <= HALF_A_PIXEL
        for pixel, value in zip(pixels, values, strict=True)
    )


def proportional(pixels: Sequence[float], values: Sequence[float]) -> bool:
    """Tell whether pixels follow values on a scale that begins at nought, as bars do."""
    return agree([0, *pixels], [0, *values])
