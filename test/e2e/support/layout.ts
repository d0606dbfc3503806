/** Where the parts of the workbench are on this machine; `scripts/workbench.mjs` finds or builds them. */
export interface WorkbenchLayout {
  node: string;
  server: string;
  chromium: string;
}
