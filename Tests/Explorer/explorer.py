"""Drives the explorer in headless Chromium: explorer.py CHROMIUM ADDRESS [TOKEN-ADDRESS TOKEN]."""

import json
import sys

from playwright.sync_api import expect, sync_playwright

chromium, address, guarded, token = sys.argv[1:5]
passed = []


def check(name, fact):
    if not fact:
        sys.exit(f"failed: {name}")
    passed.append(name)


def walk(browser):
    page = browser.new_page(viewport={"width": 1200, "height": 800}, color_scheme="dark")
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.locator("article")).to_contain_text("CarrierStats")
    check("the documentation is the first view", True)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    check("t changes the theme",
          ground != page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page.keyboard.press("2")
    document = page.get_by_label("document")
    document.fill("")
    document.press_sequentially("{ Carr")
    expect(page.locator(".complete li").first).to_contain_text("CarrierStats")
    document.press("Enter")
    document.press_sequentially("(lim")
    expect(page.locator(".complete li").first).to_contain_text("limit")
    document.press("Enter")
    document.press_sequentially("1) { fli")
    expect(page.locator(".complete li").first).to_contain_text("flights")
    document.press("Enter")
    document.press_sequentially(" worst(limit: 1) { carr")
    expect(page.locator(".complete li").first).to_contain_text("carrier")
    document.press("Enter")
    document.press_sequentially(" } } }")
    document.press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text('"flights":')
    answer = json.loads(page.locator("#answer").inner_text())
    check("completed documents are answered", answer["data"]["CarrierStats"][0]["worst"])

    document.fill("subscription { BadRemarks { flight carrier } }")
    document.press("Control+Enter")
    expect(page.locator("[role=status]").last).to_contain_text("waiting")
    other = browser.new_page()
    other.goto(address + "/#graphql")
    other.get_by_label("document").fill(
        'mutation { Remark(event: {carrier: "UA", flight: 15, stars: 1}) { stars } }')
    other.get_by_label("document").press("Control+Enter")
    expect(other.locator("#answer")).to_contain_text('"stars": 1')
    expect(page.locator("#answer")).to_contain_text('"carrier":"UA"')
    check("subscriptions are live", True)
    other.close()
    page.keyboard.press("Escape")

    page.keyboard.press("3")
    page.locator("ul.list").press("End")
    page.get_by_text("GET queries/RoutesFrom").click()
    page.get_by_label("airport").fill("JFK")
    page.get_by_label("limit", exact=True).fill("2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text('"dest"')
    check("REST is tried", len(json.loads(page.locator("#answer").inner_text())["data"]) == 2)
    check("there is a command for it", "curl" in page.locator("p code").inner_text())
    page.keyboard.press("Escape")

    page.keyboard.press("4")
    page.locator("ul.list").press("j")
    expect(page.locator("#view tbody tr").first).to_be_visible()
    check("live rows come", "rows" in page.locator("[role=status]").last.inner_text())

    page.keyboard.press("5")
    page.get_by_text("Departures", exact=True).click()
    expect(page.locator("#view tbody tr")).to_have_count(50)
    page.get_by_text("next ›").click()
    expect(page.locator("#view [role=status]")).to_contain_text("rows 51 to 100")
    page.locator("ul.list").focus()
    page.keyboard.press("/")
    page.keyboard.type("no such text")
    expect(page.locator("#view tbody tr")).to_have_count(0)
    check("tables have pages and a filter", True)
    page.keyboard.press("Escape")

    page.keyboard.press("6")
    page.get_by_role("button", name="Flights.check").press("Enter")
    expect(page.locator("#view h2").last).to_contain_text("Flights.check")
    expect(page.locator("#view tbody")).to_contain_text("rows rejected")
    check("stages have details", True)

    page.locator("#view h2").last.click()
    page.keyboard.press("7")
    expect(page.locator("#view tbody")).to_contain_text("has_tail_number")
    check("rejects are grouped by cause", "155" in page.locator("#view tbody").inner_text())

    page.keyboard.press("8")
    expect(page.locator(".chart")).to_have_count(10)
    check("metrics are drawn", True)

    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    check("the keys are told", True)
    page.set_viewport_size({"width": 400, "height": 700})
    width = page.evaluate("document.documentElement.scrollWidth")
    check("it fits a narrow window", width <= 400)
    check(f"no errors: {errors}", not errors)
    check("nothing is asked elsewhere", all(url.startswith(address) for url in asked))
    page.close()


def guard(browser):
    page = browser.new_page()
    page.goto(guarded)
    expect(page.get_by_role("alert")).to_contain_text("401")
    page.locator("#token").fill(token)
    page.locator("#token").press("Enter")
    expect(page.locator("article")).to_contain_text("Query")
    check("a token opens it", True)
    page.close()


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    walk(browser)
    guard(browser)
    browser.close()
print(f"explorer: {len(passed)} passed, 0 failed")
