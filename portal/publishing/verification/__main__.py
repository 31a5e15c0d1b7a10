"""The verifier as a program of its own: `python gongping-verify.pyz https://…`, with nothing but Python 3.11."""

import argparse
import io
import locale
import sys
from pathlib import Path

from portal.publishing.verification import report
from portal.publishing.verification.bundle import BadBundle, check_bundle, parse_bundle
from portal.publishing.verification.filing import check_filing, is_filing, parse_filing
from portal.publishing.verification.remembering import read_remembered, write_remembered
from portal.publishing.verification.source import Refuted, Unreachable
from portal.publishing.verification.verify import Remembered, verify
from portal.publishing.verification.web_source import WebSource
from portal.publishing.verification.words import LANGUAGES, translated

_BAR = 30


def main(arguments: list[str] | None = None) -> int:
    """Check what the arguments name; the exit code as in `report.EXIT_CODES`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a terminal that cannot show every character still shows the rest
    asked = _parser().parse_args(arguments)
    lang = asked.lang or _own_language()
    try:
        remembered = read_remembered(asked.remember) if asked.remember else None
        if Path(asked.what).is_file():
            return _check_file(Path(asked.what), asked.report, asked.key, remembered, lang)
        return _check_portal(asked.what, asked.key, asked.remember, remembered, lang)
    except Refuted as refuted:
        _complain(lang, "FAILED. {why}", refuted.said(lang))
        return report.FAILED
    except Unreachable as error:
        _complain(lang, "Not checked: {why}", str(error))
        return report.UNREADABLE
    except KeyboardInterrupt:
        _complain(lang, "Not checked: {why}", "^C")
        return report.UNREADABLE


def _check_portal(
    address: str, key: str | None, file: Path | None, remembered: Remembered | None, lang: str
) -> int:
    found = verify(WebSource(address), key=key, remembered=remembered, progress=_progress)
    for line in report.of_log(found, lang):
        _tell(line)
    if file is None:
        _tell(translated(report.CANNOT_TELL, lang))
    elif found.head.size:
        write_remembered(file, found.remembered)
        sentence = "It extends what {file} remembered." if remembered else "Remembered in {file}."
        _tell(translated(sentence, lang).format(file=file))
    return report.exit_code(found)


def _check_file(
    file: Path, report_file: Path | None, key: str | None, remembered: Remembered | None, lang: str
) -> int:
    for line in check_file(file, report_file, key=key, remembered=remembered, lang=lang):
        _tell(line)
    return report.HOLDS


def check_file(
    file: Path, report_file: Path | None, *, key: str | None, remembered: Remembered | None, lang: str
) -> list[str]:
    """What a proof of publication or of filing shows, in words. Raises Refuted, Unreachable."""
    try:
        text = file.read_text("utf-8")
        if is_filing(text):
            own = report_file.read_bytes() if report_file else None
            filed = check_filing(parse_filing(text), report=own, key=key, remembered=remembered)
            return list(report.of_filing(filed, lang))
        return list(report.of_figure(check_bundle(parse_bundle(text), key=key, remembered=remembered), lang))
    except (OSError, UnicodeDecodeError, BadBundle) as error:
        raise Unreachable(f"{file}: {error}") from None


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def _complain(lang: str, sentence: str, why: str) -> None:
    sys.stderr.write(translated(sentence, lang).format(why=why) + "\n")


def _progress(done: int, of: int) -> None:
    """One line on a terminal, rewritten; nothing elsewhere."""
    if not sys.stderr.isatty():
        return
    filled = _BAR * done // of
    end = "\r" + " " * (_BAR + 30) + "\r" if done == of else ""
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{of}{end}")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    about = "Check a portal's log of publications, a proof of publication, or a proof of filing."
    filed = "with a proof of filing: the report's own file, to show that it is the one that was filed"
    known, kept = "the log's public key, if you know it from elsewhere", "check against FILE, then remember there"
    parser = argparse.ArgumentParser(
        prog="gongping-verify", description=_both(about), epilog=_both(report.EXIT_CODES)
    )
    parser.add_argument("what", help=_both("the address of a portal, or a proof file"))
    parser.add_argument("--report", type=Path, metavar="FILE", help=_both(filed))
    parser.add_argument("--key", help=_both(known))
    parser.add_argument("--remember", type=Path, metavar="FILE", help=_both(kept))
    parser.add_argument("--lang", choices=LANGUAGES, help=_both("the language of the answer"))
    return parser


def _both(sentence: str) -> str:
    return f"{sentence} {translated(sentence, 'zh')}"


def _own_language() -> str:
    name = (locale.getlocale()[0] or "").lower()
    return "zh" if name.startswith(("zh", "chinese")) else "en"


if __name__ == "__main__":
    sys.exit(main())
