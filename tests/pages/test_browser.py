"""All pages in a real browser: they sort, search, link, draw, and are accessible."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest

from autograder.engine.grade.reporter import Reporter
from autograder.engine.prove.demo import demo_class
from autograder.engine.report.pages.class_page import class_page
from autograder.engine.report.pages.class_record import ClassRecord
from autograder.engine.report.pages.student import student_page
from autograder.engine.submission.read import Submission
from gradflow import page as lecture
from tests.pages import made

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (extra 'dev')")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: apt-get install chromium"),
]
FLAGS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("light", 1280), ("dark", 1280), ("light", 360)]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# `go_back` would not wait until the page has heard of it.
BACK = "new Promise(done => { addEventListener('hashchange', () => done()); history.back(); })"


class Visit:
    """An open page, and what it said and asked for."""

    def __init__(self, page: playwright_api.Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.asked.append(request.url))

    def column(self, table: str, number: int) -> list[str]:
        cells = f"{table} tbody tr:not([hidden]) > *:nth-child({number})"
        return [text.strip() for text in self.page.locator(cells).all_text_contents()]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser with an empty profile of its own."""
    profile = tmp_path_factory.mktemp("profile")
    with playwright_api.sync_playwright() as api:
        opened = api.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=FLAGS, headless=True
        )
        yield opened
        opened.close()


@pytest.fixture
def browse(browser):
    """Opens pages, which must stay quiet and ask for files alone."""
    visits = []

    def opened(file: Path, scheme: str = "light", width: int = 1280, address: str = "") -> Visit:
        visits.append(visit := Visit(browser.new_page()))
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.goto(f"{file.as_uri()}#{address}")
        return visit

    yield opened
    for visit in visits:
        assert visit.said == []
        assert all(url.startswith("file://") for url in visit.asked)


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The source of axe-core, which npm installs into a temporary folder."""
    folder = tmp_path_factory.mktemp("axe")
    if not (npm := shutil.which("npm")):
        pytest.skip("the accessibility check needs axe-core, and there is no npm to install it")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder]
    done = subprocess.run([*command, "axe-core@4"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"axe-core could not be installed by npm: {done.stderr.strip()[-300:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


def assert_accessible(visit: Visit, axe: str) -> None:
    """axe finds nothing, with everything open that can be opened; and nothing is wider than the
    window."""
    visit.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    visit.page.evaluate(axe)
    rules = {"runOnly": {"type": "tag", "values": AXE_RULES}}
    found = visit.page.evaluate("rules => axe.run(document, rules)", rules)
    assert found["passes"]
    problems = [(each["help"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
    assert problems == []
    assert visit.page.evaluate(OVERFLOW) <= 0


QUICK = ("okafor", "martin", "yilmaz", "wagner", "mwangi", "hoffmann")
TABLE = "#class-table"


@pytest.fixture(scope="module")
def graded(tmp_path_factory, kit, grader):
    """The quick ones of the demo's class, really graded, and a hostile result."""
    out = tmp_path_factory.mktemp("graded")
    (out / "feedback").mkdir()
    reporter, book = Reporter(kit), ClassRecord()
    for name, files in demo_class(kit).items():
        if name in QUICK:
            report = reporter.grade(grader, Submission(f"{name}.zip", "ab" * 32, files))
            book.add(report.result, name, report.prints)
            (out / "feedback" / f"{name}.html").write_text(report.page, "utf-8")
    hostile, stem = made.hostile(book.tests), "hostile #1?%"
    book.add(hostile, stem)
    (out / "feedback" / f"{stem}.html").write_text(student_page(hostile, None, kit), "utf-8")
    (out / "index.html").write_text(class_page(book, [], kit), "utf-8")
    return out


@pytest.fixture
def index(browse, graded):
    return browse(graded / "index.html")


def test_tables_sort_by_mouse_and_keyboard(index):
    total = index.page.get_by_role("button", name="Total")
    total.click()
    points = [float(text) for text in index.column(TABLE, 2)]
    assert points == sorted(points, reverse=True)
    assert total.locator("..").get_attribute("aria-sort") == "descending"
    total.press("Enter")
    assert [float(text) for text in index.column(TABLE, 2)] == sorted(points)
    index.page.get_by_role("button", name="Submission", exact=True).click()
    names = index.column(TABLE, 1)
    assert names == sorted(names)
    separates = index.page.get_by_role("button", name="Separates")
    for _ in range(2):  # what has no number stays last
        separates.click()
        texts = index.column("#tests ~ .card table", 5)
        known = [text for text in texts if text != "\N{EN DASH}"]
        assert texts[: len(known)] == known


def test_searching_shows_what_fits(index):
    search = index.page.get_by_role("searchbox", name="Search")
    search.fill("MA")
    assert set(index.column(TABLE, 1)) == {"martin.zip", "yilmaz.zip", "hoffmann.zip"}
    assert index.page.get_by_role("status").text_content() == "3 of 7 shown"
    search.fill("no such thing")
    assert index.column(TABLE, 1) == []
    search.fill("")
    assert len(index.column(TABLE, 1)) == 7


def test_a_row_leads_to_its_page(index):
    index.page.locator(TABLE).get_by_role("link", name="hoffmann.zip").click()
    assert index.page.get_by_role("heading", level=1).text_content() == "hoffmann.zip"
    index.page.get_by_text("tests passed").nth(1).click()
    assert index.page.locator("details[open] li.passed").first.is_visible()
    index.page.get_by_text("The numbers").first.click()
    assert index.page.locator("table.numbers").first.is_visible()


def test_what_a_hostile_student_wrote_is_text(index):
    index.page.locator(TABLE).get_by_role("link", name=made.HOSTILE).click()
    assert index.page.get_by_role("heading", level=1).text_content() == f"{made.HOSTILE}.zip"
    assert index.page.locator("img, script, iframe").count() == 0


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("name", ["index", "feedback/hoffmann", "feedback/yilmaz"])
def test_the_pages_of_a_class_are_accessible_and_fit(browse, graded, axe, name, scheme, width):
    assert_accessible(browse(graded / f"{name}.html", scheme, width), axe)


@pytest.fixture(scope="module")
def lecture_page(tmp_path_factory):
    """The lab's page to play with, of nets of ten layers."""
    file = tmp_path_factory.mktemp("lecture") / "page.html"
    file.write_text(lecture.made({**lecture.GRID, "depth": (5, 10), "scale": (0.01, 1)}), "utf-8")
    return file


@pytest.fixture
def lecture_visit(browse, lecture_page):
    def opened(*options: object, **more: object) -> Visit:
        visit = browse(lecture_page, *options, **more)
        playwright_api.expect(visit.page.get_by_role("status")).not_to_contain_text("needs")
        return visit

    return opened


def follow(visit: Visit, name: str) -> None:
    link = visit.page.get_by_role("link", name=name, exact=True)
    link.press("Enter")
    playwright_api.expect(link).to_have_attribute("aria-current", "true")
    assert link.evaluate("link => link === document.activeElement")


def assert_shows_its_net(visit: Visit) -> dict[str, Any]:
    """What is measured of the net in the address is what the page says and draws."""
    given = dict(parse_qsl(visit.page.evaluate("location.hash.slice(1)")))
    values = {n: next(v for v in all_ if str(v) == given[n]) for n, all_ in lecture.GRID.items()}
    net = lecture.measured(**values)
    assert net["verdict"] in visit.page.get_by_role("status").text_content().lower()
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    shown = visit.page.locator("#numbers td:last-child").all_text_contents()
    norms = [float(re.sub(r" . 10", "e", text).translate(digits)) for text in shown]
    np.testing.assert_allclose(norms, net["norms"], rtol=0.07)  # two digits
    dots = visit.page.locator("circle").evaluate_all("all => all.map(e => e.cy.baseVal.value)")
    np.testing.assert_array_equal(np.argsort(dots), np.argsort(-np.array(net["norms"])))
    bars = visit.page.locator("#shares .bar").count()
    assert bars == np.count_nonzero(net["shares"])
    return net


def test_the_lecture_page_follows_the_keyboard_and_the_history(lecture_visit):
    visit = lecture_visit()
    follow(visit, "Sigmoid vanishes")
    visit.page.get_by_label("Activation", exact=True).select_option("ReLU")
    visit.page.get_by_label("Initializer").select_option("N(0, 1)")
    assert assert_shows_its_net(visit)["verdict"] == "exploding"
    visit.page.get_by_label("All weights times").press("ArrowLeft")
    assert assert_shows_its_net(visit)["verdict"] == "vanishing"
    visit.page.get_by_label("Batch norm").press("Space")
    visit.page.get_by_label("Weight layers").press("ArrowLeft")
    assert len(assert_shows_its_net(visit)["norms"]) == 5
    for _ in range(3):
        visit.page.evaluate(BACK)
    assert assert_shows_its_net(visit)["verdict"] == "exploding"
    address = visit.page.evaluate("location.hash.slice(1)")
    assert_shows_its_net(lecture_visit(address=address))


def test_guess_first_hides_the_answer(lecture_visit):
    visit = lecture_visit()
    visit.page.get_by_label("Guess first").check()
    plots, status = visit.page.locator("#plots"), visit.page.get_by_role("status")
    for guess, answer in (("exploding", "Not quite: you said expl"), ("vanishing", "Right. Van")):
        follow(visit, "Net 2")
        follow(visit, "Net 1")
        assert plots.is_hidden()
        assert "First / last" not in status.text_content()
        visit.page.get_by_role("button", name=guess).click()
        assert plots.is_visible()
        assert status.text_content().startswith(answer)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_the_lecture_page_is_accessible_and_fits(lecture_visit, axe, scheme, width):
    visit = lecture_visit(scheme, width, "guess=1")
    assert_accessible(visit, axe)
    visit.page.get_by_role("button", name="healthy").click()
    assert_accessible(visit, axe)
