"""Values of options, as all of Weir's programs take them."""

import argparse
import re


def count(text):
    """A whole number of at least 1 without leading zeros, which some readers take for octal: for argparse."""
    if not re.fullmatch("[1-9][0-9]{0,17}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r}; allowed is a whole number, at least 1")
    return int(text)
