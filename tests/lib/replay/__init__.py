"""One loopback server that speaks the protocols of CBS and PDOK and serves real tables.

It refuses to be a mock: every row it serves stands in a file of the real test data, and it
is itself held against the public clients `cbsodata` and `cbsodata4`, run unmodified.

Where it differs from the real services, or where that could not be verified:

- One port stands for five hosts. Without a prefix all tables are served; under `/dataderden`
  and `/opendata` only the tables of that host, so that asking the wrong one gives a 404.
- OData v3: the text of error messages, the `$metadata` document (absent here), the width of
  measures in UntypedDataSet (8, right aligned, after the StatLine download) and whether the
  10,000-row limit of ODataApi also holds for lists of areas (here it does) are unverified.
  ODataApi answers JSON by default and ODataFeed Atom, as public scripts rely on.
- A string comparison is on exact text: a key without its padding finds nothing.
- 47018NED: gemeenten and twelve delicts only, area list of 2024, years 2024 and 2025 added.
- 47022NED: counts of a police open data file for eight gemeenten in the form of that table;
  wijken and gemeenten are summed from buurten; the real table has other years, delicts and a
  total `0.0.0`. Its descriptions come from 47018NED. Wijken carry a number, not a name.
- 85984NED: population only; buurten as published (rounded to 5), gemeenten from the
  population on 1 January, no wijken and no NL00. The descriptions of all columns stay.
- 03759ned: one combination of sex, age and marital status; its descriptions are our own.
- OData v4: verbatim captures, with the host in links replaced by this server. The captures
  hold the periods from 2015, the Twente gemeenten and the larger regions. Groups were not
  captured: they are made from the codes' DimensionGroupId and carry the id as their title.
- OGC API Features: names of properties follow the layout of 2023 for all years (the key is
  always `jrstatcode`; some years really say `jaarstatcode`); columns of 2015 without a
  counterpart keep their own name in lower case; `water` is `NEE` where the source has no such
  column. Wijken of 2021 and wijken and gemeenten of 2014 are dissolved from buurten; a wijk of
  2014 whose buurten all collapse has no geometry (null). Wijken and buurten of 2015 hold points
  and lines where the source does. Wijken of 2021 carry sums of known buurt values for
  inhabitants and households only, and names from the list of 2024. The cursor is an offset in
  disguise. Only WGS84 (CRS84) is spoken.
- WFS: coordinates are WGS84 unless srsName names EPSG:28992; the real default is unverified.
  GetCapabilities and GML are not spoken. Coordinates converted from RD have 7 decimals.
- No compression, no ETag, no rate limit, no HTTPS.
"""

from lib.replay.faults import Faults
from lib.replay.server import ReplayServer

__all__ = ["Faults", "ReplayServer"]
