"""Pages and the API, from released tables only."""

from regiebeeld.dashboard.web.app import create_app, serve

__all__ = ["create_app", "serve"]
