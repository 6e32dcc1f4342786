"""What customers type into the search box of this repository's help centre, and the article that answers each.

They were written before anything was looked up, and stay as they are: a search that is tuned to them is measured with
nothing. An address stands for the article in the question's own language.
"""

QUESTIONS = (
    # English
    ("invoice numbering format", "/invoices/invoice-numbers/"),
    ("device limit", "/devices/device-limit/"),
    ("cookies", "/privacy/cookies-and-trackers/"),
    ("reset password", "/account/forgotten-password/"),
    # other forms of the words
    ("installing on android", "/devices/install-the-app/"),
    ("adding users", "/account/team-members/"),
    ("partially refunded", "/refunds/partial-refunds/"),
    ("reminding clients", "/invoices/send-and-remind/"),
    # other words for the same
    ("someone took my laptop", "/devices/lost-device/"),
    ("terminate my membership", "/billing/cancel-subscription/"),
    ("how expensive is it", "/billing/plan-prices/"),
    ("swap my credit card", "/billing/update-card/"),
    # slips of the hand
    ("cancel subscribtion", "/billing/cancel-subscription/"),
    ("forgoten pasword", "/account/forgotten-password/"),
    ("two step verificaton", "/account/two-step-verification/"),
    ("refund not arived", "/refunds/refund-not-arrived/"),
    # Chinese
    ("发票地址填错了怎么办", "/zh/invoices/wrong-address/"),
    ("钱退了好几天还没收到", "/zh/refunds/refund-not-arrived/"),
    ("怎么把数据全部下载下来", "/zh/privacy/export-data/"),
    ("换了新手机，收不到验证码", "/zh/account/two-step-verification/"),
    # whole sentences
    ("I deleted a client by accident, is there any way to get it back?", "/privacy/backups/"),
    ("My card expired last month, where do I put in the new one?", "/billing/update-card/"),
    ("Why do I see the same invoice twice with different amounts?", "/devices/sync-conflict/"),
    ("I moved to a different e-mail provider and need my login to use the new address", "/account/change-email/"),
)
