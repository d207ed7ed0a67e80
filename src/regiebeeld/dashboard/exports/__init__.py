"""What leaves the dashboard as a file; made from released tables, with the words of the pages."""

from regiebeeld.dashboard.exports.proof import Block, Proof, Standing, describe_proof
from regiebeeld.dashboard.exports.proof_pdf import write_proof_pdf

__all__ = ["Block", "Proof", "Standing", "describe_proof", "write_proof_pdf"]
