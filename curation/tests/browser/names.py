"""What a screen reader is told of a page: by the tree that Chromium gives to it."""

from collections import defaultdict

from playwright.sync_api import Page

OF_THE_BROWSER = {"Show week picker Show week picker"}
PRESSED = {"button", "link", "menuitem", "DisclosureTriangle"}
FILLED = {"textbox", "searchbox", "combobox", "checkbox", "radio", "slider", "spinbutton"}
# Ids that occur twice, and those that are referred to but are not there.
IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const meant = [...document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]")]
    .flatMap((one) => `${one.getAttribute("aria-labelledby") ?? ""} `
      + `${one.getAttribute("aria-describedby") ?? ""} ${one.htmlFor ?? ""}`.trim().split(/ +/))
    .map((id) => id.trim()).filter(Boolean);
  return [
    ...ids.filter((id, place) => ids.indexOf(id) < place).map((id) => `#${id} twice`),
    ...meant.filter((id) => !document.getElementById(id)).map((id) => `no #${id}`),
  ];
}"""


def troubles(page: Page) -> list[str]:
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    seen = [node for node in nodes if not node["ignored"]]
    found = [*page.evaluate(IDS), *structure(seen), *nameless(seen), *unclear(seen)]
    return [f"{page.url}: {trouble}" for trouble in found]


def structure(nodes: list[dict]) -> list[str]:
    mains = sum(role(node) == "main" for node in nodes)
    titles = sum(role(node) == "heading" and told(node, "level") == 1 for node in nodes)
    return [f"{mains} main, {titles} h1"] if (mains, titles) != (1, 1) else []


def nameless(nodes: list[dict]) -> list[str]:
    return [
        f"a {role(node)} without a name"
        for node in nodes
        if role(node) in PRESSED | FILLED and not name(node)
    ]


def unclear(nodes: list[dict]) -> list[str]:
    """The same words for different things: links elsewhere, and buttons beside each other."""
    meant = defaultdict(list)
    for node in nodes:
        if role(node) in PRESSED | {"checkbox"}:
            meant[role(node), name(node)].append(told(node, "url") or node["nodeId"])
    return [
        f"{len(set(things))} times {kind} “{words}”"
        for (kind, words), things in meant.items()
        if len(set(things)) > 1 and words not in OF_THE_BROWSER
    ]


def role(node: dict) -> str:
    return node.get("role", {}).get("value", "")


def name(node: dict) -> str:
    return node.get("name", {}).get("value", "").strip()


def told(node: dict, what: str) -> object:
    properties = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    return properties.get(what)
