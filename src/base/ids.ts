/** Numbers that must not be mixed up: a brand exists for the compiler alone. */
export type Branded<T, Name extends string> = T & { readonly __brand: Name };

/** Number of an instance within its runtime, as frame headers name it; 0 stands for the runtime itself. */
export type InstanceNumber = Branded<number, "InstanceNumber">;

/** Address of a context's record in the runtime's memory. */
export type ContextId = Branded<number, "ContextId">;
