"""RD New to WGS84 by a published polynomial (Schreutelkamp, Strang van Hees, Geodesia 2001)."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_ORIGIN_RD = np.array([155_000.0, 463_000.0])
_ORIGIN_DEGREES = np.array([5.38720621, 52.15517440])
# (power of x, power of y, seconds of arc)
_LONGITUDE = (
    (1, 0, 5260.52916), (1, 1, 105.94684), (1, 2, 2.45656), (3, 0, -0.81885),
    (1, 3, 0.05594), (3, 1, -0.05607), (0, 1, 0.01199), (3, 2, -0.00256),
    (1, 4, 0.00128), (0, 2, 0.00022), (2, 0, -0.00022), (5, 0, 0.00026),
)  # fmt: skip
_LATITUDE = (
    (0, 1, 3235.65389), (2, 0, -32.58297), (0, 2, -0.24750), (2, 1, -0.84978),
    (0, 3, -0.06550), (2, 2, -0.01709), (1, 0, -0.00738), (4, 0, 0.00530),
    (2, 3, -0.00039), (4, 1, 0.00033), (1, 1, -0.00012),
)  # fmt: skip


def rd_to_wgs84(points: Points) -> Points:
    """Give longitude and latitude in degrees (n, 2) for RD metres (n, 2), to about a metre.

    Rounded to seven decimals (a centimetre), the same for equal input, so that
    neighbours keep exactly the same border.
    """
    x, y = ((points - _ORIGIN_RD) * 1e-5).T
    seconds = [sum(c * x**p * y**q for p, q, c in terms) for terms in (_LONGITUDE, _LATITUDE)]
    return np.round(_ORIGIN_DEGREES + np.column_stack(seconds) / 3600.0, 7)
