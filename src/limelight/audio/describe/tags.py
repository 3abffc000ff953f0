"""The words that musicnn has for music: those that people gave most in MagnaTagATune."""

PATCH_FRAMES = 187
"""Three seconds."""
N_EMBEDDING = 200
LABELS = (
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast",
    "piano", "ambient", "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male",
    "singing", "vocals", "no vocals", "harpsichord", "loud", "quiet", "flute", "woman",
    "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man", "classic", "choir", "voice",
    "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice",
    "weird", "country", "metal", "female voice", "choral",
)  # fmt: skip
"""The 50 tags of MagnaTagATune, in the order of the network's outputs."""

SAME = {
    "beat": ("beats",),
    "choir": ("choral",),
    "classical": ("classic",),
    "female voice": ("female", "woman", "female vocal"),
    "male voice": ("male", "man", "male vocal"),
    "no voice": ("no vocals", "no vocal"),
    "voice": ("vocal", "vocals", "singing"),
}
"""Tags that people gave to say the same, by the one that is kept."""
