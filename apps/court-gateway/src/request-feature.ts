import type { Provider, Type } from '@nestjs/common';
import { answerFeature } from './answer-feature.js';
import { erasureFeature } from './erasure-feature.js';
import { postingFeature } from './posting-feature.js';
import { statementFeature } from './statement-feature.js';

/** What requests, orders, measures, payments and tasks add to the module. A provider here replaces a default of the same token. */
export interface RequestFeature {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

/** Later features replace providers of earlier ones that have the same token. */
const FEATURES: readonly RequestFeature[] = [postingFeature, answerFeature, erasureFeature, statementFeature];

export const requestFeature: RequestFeature = {
  controllers: FEATURES.flatMap(({ controllers }) => controllers),
  providers: FEATURES.flatMap(({ providers }) => providers),
};
