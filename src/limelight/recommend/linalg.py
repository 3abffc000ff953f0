"""Linear algebra in float32 that the models share: on all cores, in as few passes as may be."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cholesky, solve_triangular
from scipy.sparse import csr_matrix

from limelight.errors import BadInputError
from limelight.progress import Progress, silent
from limelight.recommend.cores import cores_for

BLOCK = 1024

Matrix = NDArray[np.float32]
Vector = NDArray[np.float32]
Indices = NDArray[np.int32] | NDArray[np.int64]


def solve_positive_definite(
    matrix: Matrix, right: Matrix, progress: Progress = silent, message: str = "solving"
) -> Matrix:
    """Solve ``matrix @ x = right`` for a symmetric positive definite matrix, both overwritten.

    ``matrix`` is float32 (n, n), of which the lower triangle is read; ``right`` is float32 (n, m)
    and holds the answer at the end. A blocked right-looking Cholesky factorisation (Golub and Van
    Loan, Matrix Computations, 4.2.9) whose panels are multiplied by the inverse of the diagonal
    block, so that all but the small diagonal blocks runs at the speed of matrix products. Float32
    is safe where a ridge keeps the condition number well below 1e6, as in all uses here. Raises
    BadInputError when the matrix is not positive definite.
    """
    n = len(matrix)
    blocks = [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]
    inverses = []
    # Work shrinks with the cube of what is left; both substitutions cost 2 n^2 m against n^3 / 3.
    factoring, solving = n**3 / 3, 2 * n**2 * right.shape[1]
    for block in blocks:
        progress(factoring - (n - block.start) ** 3 / 3, factoring + solving, message)
        try:
            diagonal = cholesky(matrix[block, block], lower=True, check_finite=False)
        except LinAlgError as error:
            raise BadInputError(
                "the system is not positive definite; regularization must be above 0, or higher"
            ) from error
        identity = np.eye(len(diagonal), dtype=np.float32)
        inverse = solve_triangular(diagonal, identity, lower=True, check_finite=False)
        inverses.append(np.ascontiguousarray(inverse))
        panel = matrix[block.stop :, block] @ inverse.T
        matrix[block.stop :, block] = panel
        for start in range(block.stop, n, BLOCK):
            stop = min(start + BLOCK, n)
            rows = panel[start - block.stop :]
            matrix[start:, start:stop] -= rows @ rows[: stop - start].T
    for step, (block, inverse) in enumerate(zip(blocks, inverses, strict=True)):
        progress(factoring + solving * step / len(blocks) / 2, factoring + solving, message)
        right[block] = inverse @ (
            right[block] - matrix[block, : block.start] @ right[: block.start]
        )
    for step, (block, inverse) in enumerate(zip(blocks[::-1], inverses[::-1], strict=True)):
        progress(factoring + solving * (0.5 + step / len(blocks) / 2), factoring + solving, message)
        below = matrix[block.stop :, block].T @ right[block.stop :]
        right[block] = inverse.T @ (right[block] - below)
    progress(factoring + solving, factoring + solving, message)
    return right


def gram(matrix: csr_matrix) -> Matrix:
    """Multiply the transpose of a sparse (n, m) matrix by itself: dense float32 (m, m), all cores.

    Row by row of the result, so that the row being summed stays in cache and no two cores ever
    write to the same place.
    """
    columns = matrix.tocsc()
    product = np.zeros((matrix.shape[1], matrix.shape[1]), np.float32)
    _gram(
        matrix.indptr,
        matrix.indices,
        matrix.data,
        columns.indptr,
        columns.indices,
        columns.data,
        product,
    )
    return product


def multiply(left: csr_matrix, right: Matrix) -> Matrix:
    """Multiply a sparse (n, k) by a dense (k, m) float32 matrix on all cores: float32 (n, m)."""
    product = np.zeros((left.shape[0], right.shape[1]), np.float32)
    with cores_for(len(product)):
        _multiply(left.indptr, left.indices, left.data, right, product)
    return product


def multiply_sparse(left: csr_matrix, right: csr_matrix) -> Matrix:
    """Multiply a sparse (n, k) by a sparse (k, m) matrix on all cores: dense float32 (n, m)."""
    product = np.zeros((left.shape[0], right.shape[1]), np.float32)
    with cores_for(len(product)):
        _multiply_sparse(
            left.indptr,
            left.indices,
            left.data,
            right.indptr,
            right.indices,
            right.data,
            product,
        )
    return product


@numba.njit(parallel=True, cache=True, nogil=True)
def _gram(
    row_offsets: NDArray[np.int32],
    row_columns: NDArray[np.int32],
    row_values: Vector,
    column_offsets: NDArray[np.int32],
    column_rows: NDArray[np.int32],
    column_values: Vector,
    product: Matrix,
) -> None:
    for column in numba.prange(len(product)):
        for place in range(column_offsets[column], column_offsets[column + 1]):
            row = column_rows[place]
            value = column_values[place]
            for entry in range(row_offsets[row], row_offsets[row + 1]):
                product[column, row_columns[entry]] += value * row_values[entry]


@numba.njit(parallel=True, cache=True, nogil=True, fastmath=True)
def _multiply(
    offsets: NDArray[np.int32],
    columns: NDArray[np.int32],
    values: Vector,
    right: Matrix,
    product: Matrix,
) -> None:
    for row in numba.prange(len(product)):
        entry, stop = offsets[row], offsets[row + 1]
        # Four rows at a time: a quarter of the traffic to and from the row being summed, and four
        # streams for the memory to fetch at once. It takes half the time of one by one.
        while entry + 4 <= stop:
            first, second = right[columns[entry]], right[columns[entry + 1]]
            third, fourth = right[columns[entry + 2]], right[columns[entry + 3]]
            a, b = values[entry], values[entry + 1]
            c, d = values[entry + 2], values[entry + 3]
            for column in range(product.shape[1]):
                product[row, column] += (
                    a * first[column] + b * second[column] + c * third[column] + d * fourth[column]
                )
            entry += 4
        while entry < stop:
            value, only = values[entry], right[columns[entry]]
            for column in range(product.shape[1]):
                product[row, column] += value * only[column]
            entry += 1


@numba.njit(parallel=True, cache=True, nogil=True)
def _multiply_sparse(
    left_offsets: Indices,
    left_columns: NDArray[np.int32],
    left_values: Vector,
    right_offsets: Indices,
    right_columns: NDArray[np.int32],
    right_values: Vector,
    product: Matrix,
) -> None:
    for row in numba.prange(len(product)):
        for entry in range(left_offsets[row], left_offsets[row + 1]):
            source, value = left_columns[entry], left_values[entry]
            for place in range(right_offsets[source], right_offsets[source + 1]):
                product[row, right_columns[place]] += value * right_values[place]
