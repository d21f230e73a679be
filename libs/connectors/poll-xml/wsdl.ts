import { courtXml } from '#connector-sdk';
import { NAMESPACE, OPERATION_NAMES } from './operations.js';

/** The interface's description (WSDL 1.1, document/literal, wrapped): every operation has one string in and one string out. */
export function writeWsdl(address: string): Buffer {
  const names = Object.keys(OPERATION_NAMES);
  const each = (write: (name: string) => string): string => names.map(write).join('\n');
  const text = `${courtXml.XML_HEADER}<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ck="${NAMESPACE}" targetNamespace="${NAMESPACE}" name="CourtControl">
  <wsdl:types>
    <xs:schema targetNamespace="${NAMESPACE}" elementFormDefault="unqualified">
${each((name) => elementPair(name))}
    </xs:schema>
  </wsdl:types>
${each(
  (name) => `  <wsdl:message name="${name}"><wsdl:part name="parameters" element="ck:${name}"/></wsdl:message>
  <wsdl:message name="${name}Response"><wsdl:part name="parameters" element="ck:${name}Response"/></wsdl:message>`,
)}
  <wsdl:portType name="CourtControl">
${each((name) => `    <wsdl:operation name="${name}"><wsdl:input message="ck:${name}"/><wsdl:output message="ck:${name}Response"/></wsdl:operation>`)}
  </wsdl:portType>
  <wsdl:binding name="CourtControlSoap" type="ck:CourtControl">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${each((name) => `    <wsdl:operation name="${name}"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>`)}
  </wsdl:binding>
  <wsdl:service name="CourtControl">
    <wsdl:port name="CourtControlSoap" binding="ck:CourtControlSoap"><soap:address location="${courtXml.escapeXml(address)}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`;
  return Buffer.from(text, 'utf8');
}

function elementPair(name: string): string {
  const wrapped = (element: string, part: string) =>
    `      <xs:element name="${element}"><xs:complexType><xs:sequence><xs:element name="${part}" type="xs:string"/></xs:sequence></xs:complexType></xs:element>`;
  return `${wrapped(name, 'argument')}\n${wrapped(`${name}Response`, 'return')}`;
}
