import { apply, constant, type Expression, type Primitive } from "./expression.js";

/** A number, or a part of a formula. */
export type Term = Formula | number;

function expressionOf(term: Term): Expression {
  return typeof term === "number" ? constant(term) : term.expression;
}

/** A part of a formula that can be built on: `x.max(0).add(x.abs().neg().exp().log1p())`. Numbers stand for constants. */
export class Formula {
  constructor(readonly expression: Expression) {}

  #apply(primitive: Primitive, ...others: Term[]): Formula {
    return new Formula(apply(primitive, this.expression, ...others.map(expressionOf)));
  }

  /** −x. */
  neg(): Formula {
    return this.#apply("neg");
  }

  /** |x|, whose slope is taken as 0 at 0. */
  abs(): Formula {
    return this.#apply("abs");
  }

  /** −1, 0 or 1; no gradient. */
  sign(): Formula {
    return this.#apply("sign");
  }

  /** x². */
  square(): Formula {
    return this.#apply("square");
  }

  /** √x. */
  sqrt(): Formula {
    return this.#apply("sqrt");
  }

  /** 1/√x. */
  rsqrt(): Formula {
    return this.#apply("rsqrt");
  }

  /** 1/x. */
  reciprocal(): Formula {
    return this.#apply("reciprocal");
  }

  /** eˣ. */
  exp(): Formula {
    return this.#apply("exp");
  }

  /** eˣ − 1, exact near 0. */
  expm1(): Formula {
    return this.#apply("expm1");
  }

  /** ln x. */
  log(): Formula {
    return this.#apply("log");
  }

  /** ln(1 + x), exact near 0. */
  log1p(): Formula {
    return this.#apply("log1p");
  }

  /** 2/√π · ∫₀ˣ e^(−t²) dt. */
  erf(): Formula {
    return this.#apply("erf");
  }

  /** Sine, of radians. */
  sin(): Formula {
    return this.#apply("sin");
  }

  /** Cosine, of radians. */
  cos(): Formula {
    return this.#apply("cos");
  }

  /** Hyperbolic tangent. */
  tanh(): Formula {
    return this.#apply("tanh");
  }

  /** 1/(1 + e⁻ˣ). */
  sigmoid(): Formula {
    return this.#apply("sigmoid");
  }

  /** max(x, 0), whose slope is taken as 0 at 0. */
  relu(): Formula {
    return this.#apply("relu");
  }

  /** The next whole number below; no gradient. */
  floor(): Formula {
    return this.#apply("floor");
  }

  /** The next whole number above; no gradient. */
  ceil(): Formula {
    return this.#apply("ceil");
  }

  /** The nearest whole number, the even one of two; no gradient. */
  round(): Formula {
    return this.#apply("round");
  }

  /** 1 where x is 0, 0 elsewhere. */
  not(): Formula {
    return this.#apply("not");
  }

  /** x + other. */
  add(other: Term): Formula {
    return this.#apply("add", other);
  }

  /** x − other. */
  sub(other: Term): Formula {
    return this.#apply("sub", other);
  }

  /** x·other. */
  mul(other: Term): Formula {
    return this.#apply("mul", other);
  }

  /** x/other. */
  div(other: Term): Formula {
    return this.#apply("div", other);
  }

  /** The greater; equal ones share the gradient. */
  max(other: Term): Formula {
    return this.#apply("max", other);
  }

  /** The smaller; equal ones share the gradient. */
  min(other: Term): Formula {
    return this.#apply("min", other);
  }

  /** 1 where x < other, else 0, as all comparisons; no gradient. */
  lt(other: Term): Formula {
    return this.#apply("lt", other);
  }

  /** x ≤ other. */
  le(other: Term): Formula {
    return this.#apply("le", other);
  }

  /** x > other. */
  gt(other: Term): Formula {
    return this.#apply("gt", other);
  }

  /** x ≥ other. */
  ge(other: Term): Formula {
    return this.#apply("ge", other);
  }

  /** x = other. */
  eq(other: Term): Formula {
    return this.#apply("eq", other);
  }

  /** x ≠ other. */
  ne(other: Term): Formula {
    return this.#apply("ne", other);
  }

  /** 1 where neither is 0. */
  and(other: Term): Formula {
    return this.#apply("and", other);
  }

  /** 1 where one is not 0. */
  or(other: Term): Formula {
    return this.#apply("or", other);
  }

  /** `yes` where x is not 0, `no` elsewhere. It selects: what is not taken may be anything, and gets no gradient. */
  where(yes: Term, no: Term): Formula {
    return this.#apply("where", yes, no);
  }

  /** x·factor + summand. */
  madd(factor: Term, summand: Term): Formula {
    return this.#apply("madd", factor, summand);
  }
}
