"""Pages and the API, from released tables only."""

from regiebeeld.dashboard.access import write_address
from regiebeeld.dashboard.web.app import create_app, serve

__all__ = ["create_app", "serve", "write_address"]
