"""Invented names for the sample: 150 artists and 256 titles of two words, labels, genres."""

_ARTIST_HEADS = (
    "Moss", "Kettle", "Umber", "Plum", "Quill", "Tansy", "Wick", "Fennel",
    "Loam", "Sable", "Thistle", "Ember", "Gable", "Harrow", "Inkle",
)  # fmt: skip
_ARTIST_TAILS = (
    "lark", "mere", "fold", "tide", "holt", "loom", "wane", "spindle", "drift", "pocket",
)  # fmt: skip
_ADJECTIVES = (
    "Slow", "Paper", "Borrowed", "Amber", "Sleepy", "Distant", "Woollen", "Second",
    "Hollow", "Blue", "Unsent", "Quiet", "Dusty", "Lukewarm", "Folded", "Late",
)  # fmt: skip
_NOUNS = (
    "Umbrella", "Staircase", "Letters", "Harbour", "Tram", "Lamplight", "Kettle", "Balcony",
    "Rain", "Bookmark", "Platform", "Orchard", "Window", "Cassette", "Corridor", "Tea",
)  # fmt: skip

LABELS = (
    "Attic Window Tapes", "Cold Kettle Records", "Platform Nine and a Nap", "Moth & Lamp",
    "Soft Static", "Half Asleep Recordings", "Lavender Tram", "Sunday Drawer",
)  # fmt: skip
GENRES = (
    "lo-fi beats", "lo-fi", "jazz hop", "chillhop", "study beats", "sleep", "ambient", "downtempo",
    "lo-fi jazz", "piano house", "bedroom pop", "rain and tape, mostly", 'so-called "attic" beats',
    "japanese lo-fi", "trip hop", "instrumental hip hop", "new age", "soft ambient",
)  # fmt: skip
ARTISTS = tuple(head + tail for tail in _ARTIST_TAILS for head in _ARTIST_HEADS)


def title(number: int) -> str:
    """Return one of 256 titles of two words, a different one for each number below 256."""
    return f"{_ADJECTIVES[number % 16]} {_NOUNS[(number // 16 + number) % 16]}"
