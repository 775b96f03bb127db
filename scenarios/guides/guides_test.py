"""guides_test.py: console.py believes no document: what it must find, planted.

    guides_test.py PROGRAM            console.py itself
    guides_test.py PROGRAM DOCUMENT   the commands of one document

SPDX-License-Identifier: MIT
"""
import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "bench")]
sys.dont_write_bytecode = True
import console  # noqa: E402
from peers.testing import main  # noqa: E402

PROGRAM = Path(sys.argv.pop(1)).resolve()
DOCUMENT = Path(sys.argv.pop(1)) if len(sys.argv) > 1 else None


class ConsoleTest(unittest.TestCase):
    def check(self, body, fence="console", write=False):
        """Whether a document that shows `body` holds, and what is told of it."""
        with tempfile.TemporaryDirectory() as folder:
            document = Path(folder) / "page.md"
            document.write_text(f"<!-- console: empty -->\n\n```{fence}\n{body}```\nend\n")
            told = io.StringIO()
            with contextlib.redirect_stderr(told):
                good = console.check(document, PROGRAM, write)
            self.text = document.read_text()
            return good, told.getvalue()

    def test_what_is_true_holds(self):
        self.assertTrue(self.check("$ printf 'a\\n\\nb\\n'\na\n\nb\n$ true\n$ echo c\nc\n")[0])

    def test_a_wrong_line_is_told_with_its_place(self):
        good, told = self.check("$ echo a\na\n$ echo b\nc\n")
        self.assertFalse(good)
        self.assertIn("page.md:6: $ echo b\n  does not print: c", told)

    def test_a_missing_line_and_one_too_many(self):
        self.assertFalse(self.check("$ echo a\na\nb\n")[0])
        self.assertIn("nothing more", self.check("$ printf 'a\\nb\\n'\na\n")[1])

    def test_dots_are_any_number_of_lines(self):
        self.assertTrue(self.check("$ seq 9\n…\n4\n5\n…\n9\n")[0])
        self.assertTrue(self.check("$ seq 9\n…\n")[0])
        self.assertFalse(self.check("$ seq 9\n…\n4\n6\n…\n")[0])
        self.assertFalse(self.check("$ seq 9\n…\n8\n")[0])
        self.assertTrue(self.check("$ echo one two\none…\n")[0])
        self.assertFalse(self.check("$ echo one two\ntwo…\n")[0])

    def test_numbers_count_unless_they_are_times(self):
        self.assertFalse(self.check("$ echo p50 35.5 us 4 of 9\np50 35.6 us 4 of 9\n")[0])
        self.assertTrue(self.check("$ echo p50 35.5 µs 4 of 9\np50   1 ms 12 of 8\n", "console times")[0])
        self.assertFalse(self.check("$ echo p50 35.5 µs\np99 35.5 µs\n", "console times")[0])
        self.assertFalse(self.check("$ echo passed 3\nfailed 3\n", "console times")[0])

    def test_commands_follow_each_other_in_one_folder(self):
        self.assertTrue(self.check("$ mkdir a && cd a\n$ x=7\n$ basename $PWD $x\na\n")[0])
        self.assertTrue(self.check("$ (exit 3)\n$ echo $?\n3\n")[0])

    def test_a_here_document(self):
        self.assertTrue(self.check("$ cat > f <<'EOF'\n> a $x\n> \n> b\n> EOF\n$ cat f\na $x\n\nb\n")[0])

    def test_both_streams_and_no_end_of_line(self):
        self.assertTrue(self.check("$ printf a >&2\na\n$ printf 'b'\nb\n")[0])

    def test_the_program_is_there(self):
        self.assertTrue(self.check("$ respawn --version\n…\n$ test -d $RESPAWN/runtime && echo yes\nyes\n")[0])

    def test_what_is_printed_can_be_put_in_its_place(self):
        self.check("$ seq 3\n9\n$ cat <<E\n> a\n> E\n$ seq 5\n1\n…\n", write=True)
        self.assertIn("```console\n$ seq 3\n1\n2\n3\n$ cat <<E\n> a\n> E\na\n$ seq 5\n1\n…\n```\nend\n", self.text)
        self.assertTrue(self.check("$ seq 2\n1\n2\n")[0])


class DocumentTest(unittest.TestCase):
    def test_what_it_shows_is_what_happens(self):
        self.assertTrue(console.read(DOCUMENT), "no commands in it")
        self.assertTrue(console.check(DOCUMENT, PROGRAM))


if __name__ == "__main__":
    if DOCUMENT:
        del ConsoleTest
    else:
        del DocumentTest
    main()
