/** The inverse of small symmetric positive definite matrices. */

/**
 * In place, [size, size] row-major, through its Cholesky factor.
 * @throws RangeError when the matrix is not positive definite
 */
export function invertInPlace(matrix: Float64Array, size: number): void {
  // A = L Lᵀ, L below and on the diagonal.
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      if (i > j) matrix[i * size + j] = sum / matrix[j * size + j]!;
      else if (sum > 0) matrix[j * size + j] = Math.sqrt(sum);
      else throw new RangeError("The matrix is not positive definite: it has no inverse of this kind.");
    }
  }
  // L becomes its inverse.
  for (let j = 0; j < size; j++) {
    matrix[j * size + j] = 1 / matrix[j * size + j]!;
    for (let i = j + 1; i < size; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= matrix[i * size + k]! * matrix[k * size + j]!;
      matrix[i * size + j] = sum / matrix[i * size + i]!;
    }
  }
  // A⁻¹ = L⁻ᵀ L⁻¹: the lower half reads only rows at or below its own.
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < size; k++) sum += matrix[k * size + i]! * matrix[k * size + j]!;
      matrix[i * size + j] = sum;
    }
  }
  for (let i = 0; i < size; i++)
    for (let j = i + 1; j < size; j++) matrix[i * size + j] = matrix[j * size + i]!;
}
