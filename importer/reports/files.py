"""Reports hold personal data, so they are written for their owner alone, and all or nothing."""

from __future__ import annotations

import os
from errno import EEXIST
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_private(path: Path, content: bytes) -> None:
    """Put the content there with file mode 0600 (reliability.md §11.7); a reader sees the old file or the new one, never half.

    Raises:
        OSError: the folder does not exist or cannot be written, or something that is no file has that name.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(EEXIST, "it is no file", str(path))
    # A temporary file of this kind is 0600 from its first moment, whatever the umask.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
