"""Tests of how the scripts read and write files: what is no file is written through or refused, never replaced."""

import contextlib
import io
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
sys.dont_write_bytecode = True
sys.path[:0] = [str(SCRIPTS), str(Path(__file__).parent)]

import compare_results
import make_workloads
import plot_compare
import plot_energy
import plot_roofline
import plot_stalls
import results
import sweep_report
import weir_files
import weir_plot


class InAFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.out = self.folder / "out"

    def names(self):
        return {path.name for path in self.folder.iterdir()}


class Write(InAFolder):
    def test_files_and_what_links_name_are_written(self):
        for target, content in (("nothing", None), ("file", None), ("link", "file"), ("link to nothing", None)):
            with self.subTest(target):
                for path in self.folder.iterdir():
                    path.unlink()
                place = self.folder / "real" if target.startswith("link") else self.out
                if target in ("file", "link"):
                    place.write_text("old, and longer")
                if place is not self.out:
                    self.out.symlink_to("real")
                weir_files.write(self.out, "text")
                self.assertEqual(self.out.is_symlink(), place is not self.out)
                self.assertEqual(place.read_text(), "text")
                self.assertEqual(self.names(), {self.out.name, place.name})

    def test_a_fifo_is_written_through(self):
        os.mkfifo(self.out)
        with self.assertRaises(OSError):
            weir_files.write(self.out, "text")  # nobody reads it
        reader = os.open(self.out, os.O_RDONLY | os.O_NONBLOCK)
        weir_files.write(self.out, "text")
        self.assertEqual(os.read(reader, 10), b"text")
        os.close(reader)
        self.assertTrue(self.out.is_fifo())

    def test_a_device_is_written_through(self):
        self.out.symlink_to("/dev/null")
        weir_files.write(self.out, "text")
        self.assertTrue(self.out.is_symlink())
        try:  # one of the test's own: that of the machine is not to be risked
            os.mknod(self.folder / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        except PermissionError:
            return
        weir_files.write(self.folder / "null", "text")
        self.assertTrue((self.folder / "null").is_char_device())

    def test_sockets_and_folders_are_refused(self):
        (self.folder / "folder").mkdir()
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(self.out))
        for path in (self.out, self.folder / "folder"):
            mode = path.lstat().st_mode
            with self.assertRaises(OSError):
                weir_files.write(path, "text")
            self.assertEqual(path.lstat().st_mode, mode)
        self.assertEqual(self.names(), {"out", "folder"})

    def test_the_file_of_the_standard_output_is_added_to(self):
        code = "import weir_files; print('before'); weir_files.write('/dev/stdout', 'text\\n'); print('behind')"
        with open(self.out, "w") as file:
            subprocess.run([sys.executable, "-c", code], stdout=file, cwd=SCRIPTS, check=True)
        self.assertEqual(self.out.read_text(), "before\ntext\nbehind\n")

    def test_the_folder_is_made(self):
        weir_files.write(self.folder / "a" / "b", b"\xff")
        self.assertEqual((self.folder / "a" / "b").read_bytes(), b"\xff")


class Read(InAFolder):
    def test_nobody_is_waited_for(self):
        os.mkfifo(self.out)
        (self.folder / "link").symlink_to("out")
        for path in (self.out, self.folder / "link", "/dev/zero", "/dev/null"):
            with self.assertRaisesRegex(OSError, "neither a file nor /dev/stdin"):
                weir_files.read(path)

    def test_what_is_open_already_is_read(self):
        read, write = os.pipe()
        os.write(write, b"text")
        os.close(write)
        self.assertEqual(weir_files.read(f"/dev/fd/{read}"), b"text")
        os.close(read)


class Scripts(InAFolder):
    """All writers, and the source of those that a test cannot run."""

    def plots(self):
        results.write(self.folder / "run")
        compare_results.write(self.folder / "compare")
        for name, script in (("energy", plot_energy), ("stalls", plot_stalls), ("roofline", plot_roofline)):
            yield name, lambda name=name, script=script: weir_plot.main(
                name, "", script.draw, [str(self.folder / "run"), "--out", str(self.out)])
        yield "compare", lambda: weir_plot.main("compare", "", plot_compare.draw,
                                                [str(self.folder / "compare"), "--out", str(self.out)],
                                                load=plot_compare.load)

    def test_links_stay(self):
        def check(path, write):
            self.out.mkdir(exist_ok=True)
            path.symlink_to(self.folder / f"target of {path.name}")
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                write()
            self.assertTrue(path.is_symlink(), path.name)
            self.assertGreater((self.folder / f"target of {path.name}").stat().st_size, 0)

        for name, write in self.plots():
            check(self.out / f"{name}.svg", write)
        check(self.out / "vit-b16.yaml", lambda: make_workloads.vit_b16().write(self.out))
        check(self.out / "page.html", lambda: sweep_report.write(self.out / "page.html", "<p>"))

    def test_files_are_opened_in_one_place(self):
        writers, readers = r"write_text|write_bytes|os\.replace|\.rename\(|\.to_csv\(", r"\bopen\(|read_text|read_bytes|read_csv"
        for path in [*SCRIPTS.glob("*.py"), *SCRIPTS.glob("onnx_import/*.py"), SCRIPTS / "bench"]:
            if path.name == "weir_files.py":
                continue
            # What bench reads is Weir's own.
            found = re.search(writers if path.name == "bench" else f"{writers}|{readers}", path.read_text())
            self.assertIsNone(found, f"{path.name}: {found}")


if __name__ == "__main__":
    unittest.main()
