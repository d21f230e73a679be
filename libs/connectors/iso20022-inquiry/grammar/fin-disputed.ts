/** Of urn:fin.disputed, what of a response somebody disputes (Finnish profile). The types have no names of their own there. */
export const FIN_DISPUTED = `
  namespace = urn:fin.disputed
  root = Document:Document
  Disputed = sequence DisputedEntityId:Identified+ FinancialInstitutionId:Identified
  Document = sequence Disputed:Disputed+
  Identified = sequence Id:Max256Text Code:SchemeNameCode
  Max256Text = string 1..256
  SchemeNameCode = string 1..4
`;
