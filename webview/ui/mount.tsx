import { render, type ComponentChild } from 'preact';
import './base.css';

/** Shows a page; called again whenever its state changed. */
export function mount(page: ComponentChild): void {
  render(page, document.getElementById('root')!);
}
