"""The proof of a release as a page and as one printed page: both say the same words."""

from typing import Any

from regiebeeld.dashboard.exports import describe_proof, write_proof_pdf
from regiebeeld.dashboard.web.answers import Draft
from regiebeeld.releases import Release

PDF = "application/pdf"


def show_privacy(release: Release) -> dict[str, Any]:
    """Give everything the template shows."""
    return {"proof": describe_proof(release)}


def make_privacy_pdf(release: Release) -> Draft:
    """Make the PDF, named after the release."""
    about = release.about
    marks: tuple[tuple[str, str], ...] = (("x-regiebeeld-release", about.release),)
    if about.invented:
        marks += (("x-regiebeeld-invented", "true"),)
    name = f'attachment; filename="privacy-{about.release}.pdf"'
    body = write_proof_pdf(describe_proof(release), about.made_at)
    return Draft(body, PDF, (*marks, ("content-disposition", name)))
