/** The weight viewer's texts in English; `{0}`, `{1}` are filled in by the page. */
export const weightsStrings = {
  loading: 'Reading the header…',
  failed: 'This file cannot be shown.',
  retry: 'Read Again',
  kindAsking: 'Finding out what it is…',
  kindUntrusted: 'What it is can be told in a trusted workspace; the header is shown.',
  generate: 'Generate with…',
  summary: '{0} tensors, {1} parameters, {2}',

  tensors: 'Tensors',
  search: 'Search names',
  searchHint: 'Parts of a name, in any order: to_k attn2',
  found: '{0} of {1} tensors',
  nothingFound: 'No tensor has these words in its name.',
  noTensors: 'The file holds no tensors.',
  expandAll: 'Expand All',
  collapseAll: 'Collapse All',
  name: 'Name',
  type: 'Type',
  shape: 'Shape',
  parameters: 'Parameters',
  size: 'Size',
  copyName: 'Copy Name',
  group: '{0} tensors',
  groupOfOne: '1 tensor',
  scalar: 'scalar',
  rowGroup: '{0}, {1}, {2} parameters, {3}',
  rowTensor: '{0}, {1}, shape {2}, {3} parameters, {4}',

  metadata: 'Metadata',
  noMetadata: 'The file holds no metadata.',
  key: 'Key',
  value: 'Value',
};

/** See {@link weightsStrings}. */
export type WeightsStrings = typeof weightsStrings;
