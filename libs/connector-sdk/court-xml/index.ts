export * from './attribute-coding.js';
export * from './codes.js';
export { currencyNumber, currencyOfNumber } from './currencies.js';
export { documentKey, md5Hex, orderOfDocumentKey, writeCourtCredentials, writeCourtDocuments } from './documents-writer.js';
export { FEEDBACK_LISTS, FEEDBACK_RECORDS, readCourtFeedback, unreadable, type FeedbackKind } from './feedback-reader.js';
export { cutFeedback, type FeedbackSlice } from './feedback-slices.js';
export { bookingOf } from './inquiry-reader.js';
export { CONTROL_LIST, courtOrder, listOfAction, QUERY_LIST, writeCourtOrder } from './order-writer.js';
export { receiptsOf } from './receipt-reader.js';
export { writeResults, type ResultList } from './result-writer.js';
export {
  childrenOf,
  codeOf,
  compact,
  courtTime,
  currencyOf,
  dayOf,
  exactText,
  freeText,
  moneyOf,
  timeOf,
  valueOf,
  wholeNumber,
} from './values.js';
export { NotReadable, xmlElement, type XmlElement } from './xml-element.js';
export { decodeElement, localName, readXml, readXmlPieces, XML_LIMITS, type RawElement, type XmlLimits } from './xml-reader.js';
export { escapeXml, wrapRecords, writeDocument, writeElement, XML_HEADER } from './xml-writer.js';
