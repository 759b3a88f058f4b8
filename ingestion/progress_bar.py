"""How far a command is, on one line of a terminal. Elsewhere it keeps silent."""

from django.core.management.base import OutputWrapper

WIDTH = 30
ERASE_THE_REST = "\x1b[K"


class ProgressBar:
    def __init__(self, stream: OutputWrapper) -> None:
        self.stream = stream
        self.is_drawn = False

    def show(self, done: int, total: int | None, words: str) -> None:
        """Without a total it counts only."""
        if not self.stream.isatty():
            return
        filled = WIDTH * min(done, total) // total if total else 0
        bar = f"[{'#' * filled:<{WIDTH}}] {done} of {total}" if total else f"{done}"
        self.write(f"\r{bar} {words}{ERASE_THE_REST}")
        self.is_drawn = True

    def end(self) -> None:
        """What is printed next begins on a line of its own."""
        if self.is_drawn:
            self.write("\n")
        self.is_drawn = False

    def write(self, text: str) -> None:
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()
