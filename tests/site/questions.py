"""What customers type into the search box, and the article that answers it; nothing is tuned to single ones."""

QUESTIONS = (
    # plain
    ("cancel subscription", "/billing/cancel-subscription/"),
    ("invoice number", "/invoices/invoice-numbers/"),
    ("export data", "/privacy/export-data/"),
    ("E-2210", "/devices/device-limit/"),
    # other endings
    ("deleting my account", "/account/delete-account/"),
    ("payments failing", "/billing/payment-failed/"),
    ("inviting team members", "/account/team-members/"),
    # other words for the same
    ("double charge", "/billing/charged-twice/"),
    ("can't log in", "/account/sign-in-problems/"),
    ("no internet", "/devices/work-offline/"),
    ("what does it cost", "/billing/plan-prices/"),
    # slips
    ("forgot my pasword", "/account/forgotten-password/"),
    ("instal on iphone", "/devices/install-the-app/"),
    ("cookeis", "/privacy/cookies-and-trackers/"),
    ("recovery codse", "/account/two-step-verification/"),
    # Chinese
    ("退款什么时候到账", "/zh/refunds/when-the-money-arrives/"),
    ("扣了两次钱", "/zh/billing/charged-twice/"),
    ("手机丢了", "/zh/devices/lost-device/"),
    ("怎么开电子发票", "/zh/invoices/e-invoices/"),
    ("換銀行卡", "/zh/billing/update-card/"),
    # whole sentences
    ("Where in the world do you keep my data?", "/privacy/where-data-lives/"),
    ("I sent an invoice with a mistake, how can I correct it?", "/invoices/correct-a-sent-invoice/"),
    ("My phone and my laptop show different data", "/devices/sync-not-working/"),
    ("How do I give one of my clients their money back?", "/refunds/refund-a-client/"),
)
