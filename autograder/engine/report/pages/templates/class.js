"use strict";
(() => {
  const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };

  const order = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? compare(a, b) : x - y;
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const up = now === "none" ? !head.classList.contains("n") : now === "descending";
        const keyed = [...body.rows].map((row, place) => [value(row, column), place, row]);
        keyed.sort(([a, i], [b, j]) => {
          const empty = (a === "") - (b === "");
          return empty || (up ? order(a, b) : order(b, a)) || i - j;
        });
        heads.forEach((each) => each.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        body.append(...keyed.map(([, , row]) => row));
      });
    });
  }

  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const rows = [...document.getElementById("class-table").tBodies[0].rows];
  const texts = rows.map((row) => `${row.cells[0].textContent} ${row.cells[2].textContent} ${row.dataset.more.replaceAll("_", " ")} ${row.dataset.more}`.toLowerCase());
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((word) => texts[i].includes(word));
      count += !row.hidden;
    });
    shown.textContent = `${count} of ${rows.length} shown`;
  });
})();
