/** Of fin.012.001.03, who asks, in a request (Finnish profile). */
export const FIN_012 = `
  namespace = urn:fin.012.001.03
  root = Document:Document
  AuthorityInquirySet = all OfficialId:Max140Text OfficialSuperiorId:Max140Text
  Document = sequence InfReqFin012:InformationRequestFIN012
  InformationRequestFIN012 = sequence AuthorityInquiry:AuthorityInquirySet AdditionalSearchCriteria:InformationRequestFIN012_AdditionalSearchCriteria?
  InformationRequestFIN012_AdditionalSearchCriteria = sequence SafetyDepositBoxId:Max140Text
  Max140Text = string 1..140
`;
