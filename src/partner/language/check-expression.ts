import { type compile, TreeInterpreter } from '@jmespath-community/jmespath';
import { suggest } from '../../process/suggest';
import { FUNCTION_NAMES } from './functions';
import { LanguageError } from './language-error';

type Node = ReturnType<typeof compile>;

/** The fields of the root that an expression reads, each with the fields of it that are named directly. */
export type Reads = ReadonlyMap<string, ReadonlySet<string>>;

/** A value of which the check knows where it comes from: the root, one of its fields, or somewhere else. */
type Origin = 'root' | { readonly field: string } | null;

/** Where a part of an expression stands. */
interface Place {
  /** The value in which it reads a field. */
  readonly current: Origin;
  /** The variables that `let` has bound. */
  readonly variables: ReadonlySet<string>;
}

/** Properties that every JavaScript object inherits. An expression would read them from the object's prototype. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** The position of the expression (`&name`) among the arguments of the functions that take one. */
const EXPRESSION_ARGUMENT: Readonly<Record<string, number>> = {
  map: 0,
  group_by: 1,
  max_by: 1,
  min_by: 1,
  sort_by: 1,
};

/**
 * Walks the syntax tree of an expression.
 *
 * @throws LanguageError for an unknown function or variable, wrong arguments, or a field that objects inherit
 */
export function checkExpression(expression: Node): Reads {
  const reads = new Map<string, Set<string>>();

  /** @returns the origin of its value */
  function check(node: Node, place: Place): Origin {
    switch (node.type) {
      case 'Field':
        return checkField(node.name, place);
      case 'Variable':
        if (!place.variables.has(node.name)) {
          throw new LanguageError(`reads the unknown variable $${node.name}`);
        }
        return null;
      case 'Root':
        return 'root';
      case 'Current':
      case 'Identity':
        return place.current;
      case 'Subexpression':
      case 'IndexExpression':
      case 'Pipe':
        return check(node.right, { ...place, current: check(node.left, place) });
      case 'Projection':
      case 'ValueProjection':
        check(node.left, place);
        check(node.right, { ...place, current: null });
        return null;
      case 'FilterProjection':
        check(node.left, place);
        check(node.condition, { ...place, current: null });
        check(node.right, { ...place, current: null });
        return null;
      case 'LetExpression':
        return check(node.expression, { ...place, variables: checkBindings(node.bindings, place) });
      case 'Function':
        checkCall(node, place);
        return null;
      case 'ExpressionReference':
        throw new LanguageError('has & outside the arguments of a function that takes an expression');
      case 'MultiSelectHash':
        for (const { name } of node.children) refuseInherited(name);
    }
    for (const part of partsOf(node)) check(part, place);
    return null;
  }

  function checkField(name: string, { current }: Place): Origin {
    refuseInherited(name);
    if (current === null) return null;
    if (current !== 'root') {
      reads.get(current.field)?.add(name);
      return null;
    }
    if (!reads.has(name)) reads.set(name, new Set());
    return { field: name };
  }

  function checkBindings(bindings: readonly Node[], place: Place): ReadonlySet<string> {
    const variables = new Set(place.variables);
    for (const binding of bindings) {
      if (binding.type !== 'Binding') throw new LanguageError('has a let without a variable');
      check(binding.reference, place);
      variables.add(binding.variable);
    }
    return variables;
  }

  function checkCall(call: Extract<Node, { type: 'Function' }>, place: Place): void {
    const { name, children } = call;
    if (!FUNCTION_NAMES.has(name)) {
      throw new LanguageError(`calls ${name}(), which is no function${suggest(name, FUNCTION_NAMES)}`);
    }
    for (const [index, argument] of children.entries()) {
      const isExpression = argument.type === 'ExpressionReference';
      if (isExpression !== (EXPRESSION_ARGUMENT[name] === index)) {
        throw new LanguageError(`calls ${name}() with a wrong argument ${index + 1}`);
      }
      // The library evaluates it for each item, without the variables of a let around it.
      if (isExpression) check(argument.child, { current: null, variables: new Set() });
      else check(argument, place);
    }
    checkArguments(call);
  }

  check(expression, { current: 'root', variables: new Set() });
  return reads;
}

function refuseInherited(name: string): void {
  if (INHERITED.has(name)) throw new LanguageError(`has the name ${name}, which only a path can read`);
}

/** Calls the function once without the values that only an answer has. The library checks the others. */
function checkArguments({ name, children }: Extract<Node, { type: 'Function' }>): void {
  const known = children.map((argument) => {
    if (argument.type === 'ExpressionReference') return { expref: true, ...argument.child };
    return argument.type === 'Literal' ? argument.value : undefined;
  });
  try {
    TreeInterpreter.runtime.callFunction(
      name,
      known as Parameters<typeof TreeInterpreter.runtime.callFunction>[1],
    );
  } catch (error) {
    const [, fault] = /^Invalid (?:arity|type): (.*)$/.exec((error as Error).message) ?? [];
    if (fault !== undefined) throw new LanguageError(`calls ${name}() wrongly: ${fault}`);
  }
}

/** The parts that are evaluated with the current value of the node itself. */
function partsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'Comparator':
    case 'Arithmetic':
    case 'AndExpression':
    case 'OrExpression':
      return [node.left, node.right];
    case 'Ternary':
      return [node.condition, node.trueExpr, node.falseExpr];
    case 'NotExpression':
    case 'Flatten':
      return [node.child];
    case 'Unary':
      return [node.operand];
    case 'MultiSelectList':
      return node.children;
    case 'MultiSelectHash':
      return node.children.map(({ value }) => value);
    default:
      return [];
  }
}
