"""The owner's door: one file for each thing the owner does; `routes` is its table of contents."""

from starlette.routing import Route

from ticket_api.web.context import route
from ticket_api.web.desk import (
    account,
    audit,
    channels,
    customers,
    entry,
    mail,
    preferences,
    queue,
    replies,
    rules,
    ticket,
    writing,
)
from ticket_api.web.desk.entry import owner_only


def routes() -> list[Route]:
    """The routes of the desk."""
    return [
        route("/desk", GET=owner_only(queue.show), POST=owner_only(queue.change)),
        route("/desk/tickets/{id}", GET=owner_only(ticket.show), POST=owner_only(ticket.change)),
        route("/desk/tickets/{id}/files/{file}", GET=owner_only(ticket.show_file)),
        route("/desk/tickets/{id}/draft", POST=owner_only(writing.keep_draft)),
        route("/desk/preview", POST=owner_only(writing.preview)),
        route("/desk/setup", GET=entry.show_setup, POST=entry.set_up),
        route("/desk/login", GET=entry.show_login, POST=entry.sign_in),
        route("/desk/login/code", GET=entry.show_code, POST=entry.confirm),
        route("/desk/account", GET=owner_only(account.show), POST=owner_only(account.change)),
        route("/desk/account/second", GET=owner_only(account.show_second), POST=owner_only(account.switch_on)),
        route("/desk/customers", GET=owner_only(customers.show_list), POST=owner_only(customers.change_list)),
        route("/desk/customers/{requester}", GET=owner_only(customers.show), POST=owner_only(customers.change)),
        route("/desk/mail", GET=owner_only(mail.show), POST=owner_only(mail.change)),
        route("/desk/channels", GET=owner_only(channels.show), POST=owner_only(channels.change)),
        route("/desk/preferences", GET=owner_only(preferences.show), POST=owner_only(preferences.save)),
        route("/desk/rules", GET=owner_only(rules.show), POST=owner_only(rules.change)),
        route("/desk/rules/{mark}", GET=owner_only(rules.show_one), POST=owner_only(rules.change_one)),
        route("/desk/tickets/{id}/rules", POST=owner_only(rules.undo)),
        route("/desk/replies/{mark}", GET=owner_only(replies.show), POST=owner_only(replies.change)),
        route("/desk/audit", GET=owner_only(audit.show), POST=owner_only(audit.check)),
        route("/static/logo/{name}", GET=preferences.show_logo),
        route("/desk/logout", POST=owner_only(entry.sign_out)),
    ]
