import { ErasuresController } from './adapters/http/erasures.controller.js';
import type { RequestFeature } from './request-feature.js';
import { DestroyContent } from './use-cases/erase-case/destroy-content.js';
import { EraseApproved } from './use-cases/erase-case/erase-approved.js';
import { ProposeErasure } from './use-cases/erase-case/propose-erasure.js';

/** Erasing the content of a closed case, under four eyes. */
export const erasureFeature: RequestFeature = {
  controllers: [ErasuresController],
  providers: [DestroyContent, ProposeErasure, EraseApproved],
};
