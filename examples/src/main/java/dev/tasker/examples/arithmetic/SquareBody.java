package dev.tasker.examples.arithmetic;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Multiplies its operands and squares the product; with one operand it is a square. Results are either 64-bit integers
 * that wrap, or exact ones as decimal text.
 *
 * @param facts static metadata, in the order of their appearance
 * @param exact whether the result is decimal text
 * @param verifiedPower the power of the task's number that the result must be, or 0 to verify nothing
 */
record SquareBody(List<Operand> operands, Map<String, Object> facts, boolean exact, int verifiedPower)
        implements DeclaredFailure.Body {

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        long wrapped = 1;
        BigInteger product = BigInteger.ONE;
        for (Operand operand : operands) {
            long value = operand.read(context);
            wrapped *= value;
            product = product.multiply(BigInteger.valueOf(value));
        }
        Object result = exact ? product.multiply(product).toString() : (Object) (wrapped * wrapped);
        var metadata = new LinkedHashMap<String, Object>(facts);
        metadata.put("input_refs", Operand.references(operands));
        if (operands.size() > 1) {
            metadata.put("multiplied", exact ? product.toString() : (Object) wrapped);
        }
        if (verifiedPower > 0) {
            metadata.put("verification", verification(new Operand.Input().read(context), result));
        }
        return StepResult.success(result, metadata);
    }

    private Map<String, Object> verification(long original, Object actual) {
        BigInteger power = BigInteger.valueOf(original).pow(verifiedPower);
        var verification = new LinkedHashMap<String, Object>();
        verification.put("original_number", original);
        verification.put("expected_result", exact ? power.toString() : power);
        verification.put("actual_result", actual);
        verification.put("matches", power.toString().equals(actual.toString()));
        return verification;
    }
}
