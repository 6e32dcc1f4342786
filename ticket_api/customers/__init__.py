"""Customers: all that is known of who writes and orders, and what the owner says of them."""

from ticket_api.customers.customers import MOST_TICKETS, CustomerPage, Customers

__all__ = ["MOST_TICKETS", "CustomerPage", "Customers"]
