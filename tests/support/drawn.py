"""The QR code of the card as a picture, painted as a browser paints its path."""

import re

from PIL import Image, ImageDraw

from app.web.qr import Drawing

RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def picture(drawn: Drawing, module: int = 6) -> Image.Image:
    """The drawing with so many pixels a module."""
    side = drawn.size * module
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for x, y, width, _ in (map(int, run) for run in RUN.findall(drawn.path)):
        corner = ((x + width) * module - 1, (y + 1) * module - 1)
        draw.rectangle(((x * module, y * module), corner), fill=0)
    return image
