import type { Provider, Type } from '@nestjs/common';

/** What requests, orders, measures, payments and tasks add to the module. A provider here replaces a default of the same token. */
export interface RequestFeature {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

export const requestFeature: RequestFeature = { controllers: [], providers: [] };
