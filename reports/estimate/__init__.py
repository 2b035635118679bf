"""What people see of an estimate besides the terminal: a comment for a pull request in Markdown, and a page in HTML.

Decides nothing and computes no money: amounts, differences and break-even points come from `billing.estimating`.
"""
