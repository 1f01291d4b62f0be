/** The least that a workflow can do: the floor under every figure of ours. */
export async function noopWorkflow(): Promise<void> {}
