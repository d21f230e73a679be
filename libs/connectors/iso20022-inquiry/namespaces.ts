export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
/** Name space of the envelope of the Finnish account register (interface version 2). */
export const ENVELOPE = 'urn:fi:tulli:wsdl_root.002';
export const HEAD = 'urn:iso:std:iso:20022:tech:xsd:head.001.001.01';
export const REQUEST = 'urn:iso:std:iso:20022:tech:xsd:auth.001.001.01';
export const OFFICIAL = 'urn:fin.012.001.03';
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';

/** Id of the element that a request's signature covers. */
export const REQUEST_ID = 'applicationRequest';
