"""What people see of a bill: the monthly report as one HTML page, and the same page laid out as a PDF.

Owns sections, their messages in English and Chinese, formats, charts and the design. Decides nothing and computes no
money: sums come from `billing`, prices from `rules`. `data.gather` collects values, `page.render_page` makes the HTML,
`pdf.render_pdf` prints it.
A section is one folder below `sections/`; their order is the tuple there.
"""
