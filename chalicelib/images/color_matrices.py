"""Matrices between the primaries of color spaces, computed from their chromaticities (SMPTE RP 177)."""

from collections.abc import Sequence

type Point = tuple[float, float]
type Primaries = tuple[Point, Point, Point, Point]  # x and y of white, red, green and blue
type Matrix = tuple[Sequence[float], Sequence[float], Sequence[float]]

_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def to_xyz(primaries: Primaries) -> Matrix:
    """From linear RGB to CIE XYZ; raises ZeroDivisionError if the points do not define colors."""
    white, *points = primaries
    columns = [(x, y, 1 - x - y) for x, y in points]
    rows = _rows(list(zip(*columns, strict=True)))
    scale = apply(inverse(rows), _xyz(white))
    return _rows([[value * factor for value, factor in zip(row, scale, strict=True)] for row in rows])


def to_xyz_d50(primaries: Primaries) -> Matrix:
    """From linear RGB to CIE XYZ under D50, adapted with the Bradford matrix (ICC.1, annex E)."""
    before, after = apply(_BRADFORD, _xyz(primaries[0])), apply(_BRADFORD, _D50)
    scaled = _rows([[v * b / a for v in row] for row, a, b in zip(_BRADFORD, before, after, strict=True)])
    return product(product(inverse(_BRADFORD), scaled), to_xyz(primaries))


def product(left: Matrix, right: Matrix) -> Matrix:
    """The product of two matrices."""
    columns = list(zip(*right, strict=True))
    return _rows([[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left])


def apply(matrix: Matrix, color: Sequence[float]) -> tuple[float, float, float]:
    """The product of a matrix and a color."""
    a, b, c = color
    x, y, z = (row[0] * a + row[1] * b + row[2] * c for row in matrix)
    return x, y, z


def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a matrix; raises ZeroDivisionError if there is none."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    rows = (e * i - f * h, c * h - b * i, b * f - c * e), (f * g - d * i, a * i - c * g, c * d - a * f)
    last = (d * h - e * g, b * g - a * h, a * e - b * d)
    determinant = a * rows[0][0] + b * rows[1][0] + c * last[0]
    return _rows([[value / determinant for value in row] for row in (*rows, last)])


def _xyz(point: Point) -> tuple[float, float, float]:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def _rows(rows: Sequence[Sequence[float]]) -> Matrix:
    first, second, third = rows
    return first, second, third
